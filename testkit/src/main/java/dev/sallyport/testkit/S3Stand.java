package dev.sallyport.testkit;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;

/** s3proxy over a folder, which checks signatures. Who uses it names s3proxy among its own dependencies. */
public final class S3Stand implements AutoCloseable {
    public static final String ACCESS = "gateway";
    public static final String SECRET = "a-secret-of-the-test";

    private final BlobStoreContext context;
    private final S3Proxy proxy;

    private S3Stand(BlobStoreContext context, S3Proxy proxy) {
        this.context = context;
        this.proxy = proxy;
    }

    public static S3Stand start(Path data) throws Exception {
        Files.createDirectories(data);
        var properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", data.toString());
        BlobStoreContext context = ContextBuilder.newBuilder("filesystem-nio2")
                .credentials("x", "x")
                .overrides(properties)
                .build(BlobStoreContext.class);
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(context.getBlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS, SECRET)
                .build();
        proxy.start();
        return new S3Stand(context, proxy);
    }

    public S3Stand bucket(String name) {
        context.getBlobStore().createContainerInLocation(null, name);
        return this;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException("s3proxy does not stop", e);
        } finally {
            context.close();
        }
    }
}
