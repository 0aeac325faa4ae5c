package dev.sallyport.gateway.recorder;

import dev.sallyport.base.Secret;
import java.net.URI;

/**
 * Where an S3-compatible store is, and as whom to speak to it.
 *
 * @param endpoint {@code https://…}; plain HTTP only to a loopback address
 * @param prefix goes before the name of every recording; may be empty
 */
public record S3Settings(
        URI endpoint, String region, String bucket, String prefix, String accessKey, Secret secretKey) {
    public S3Settings {
        String host = String.valueOf(endpoint.getHost());
        boolean loopback = host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]");
        if (!"https".equals(endpoint.getScheme()) && !("http".equals(endpoint.getScheme()) && loopback)) {
            throw new IllegalArgumentException(
                    "endpoint: " + endpoint + " (expected: https, or http to a loopback address)");
        }
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,62}")) {
            throw new IllegalArgumentException("bucket: " + bucket + " (expected: the name of a bucket)");
        }
        if (!prefix.matches("([A-Za-z0-9_-]{1,64}/){0,8}")) {
            throw new IllegalArgumentException(
                    "prefix: " + prefix + " (expected: folders, each with a slash behind it)");
        }
    }

    URI of(String name) {
        String base = endpoint.toString().replaceAll("/+$", "");
        return URI.create(base + "/" + bucket + "/" + prefix + name);
    }
}
