package dev.sallyport.server;

import dev.sallyport.gateway.recorder.FolderStore;
import dev.sallyport.gateway.recorder.RecordingStore;
import dev.sallyport.gateway.recorder.S3Settings;
import dev.sallyport.gateway.recorder.S3Store;
import dev.sallyport.server.ServerConfig.Recordings;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where recordings are kept: the gateway of this server puts them there, and playback reads them. */
@Configuration(proxyBeanMethods = false)
class RecordingStores {
    @Bean
    RecordingStore recordingStore(ServerConfig config) {
        try {
            return of(config.gateway().recordings());
        } catch (IOException e) {
            throw new UncheckedIOException("gateway.recordings: " + e.getMessage(), e);
        }
    }

    static RecordingStore of(Recordings recordings) throws IOException {
        return switch (recordings) {
            case Recordings.Folder(var folder) -> new FolderStore(folder);
            case Recordings.S3 s3 ->
                new S3Store(new S3Settings(
                        s3.endpoint(),
                        s3.region(),
                        s3.bucket(),
                        s3.prefix(),
                        s3.accessKey().reveal(),
                        s3.secretKey()));
        };
    }
}
