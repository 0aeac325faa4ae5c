package dev.sallyport.gateway.wire;

import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.LiveFrame;
import dev.sallyport.spi.gateway.Opening;
import dev.sallyport.spi.gateway.PermitId;
import dev.sallyport.spi.gateway.Report;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of {@code POST /gateway/v1/{word}}: what is asked, one record per word of {@code ControlPlane}. Answers are
 * the records that its methods return; {@code command} answers an array, {@code live} nothing, {@code secret} and
 * {@code report} the records here. What is refused is answered with {@link Refused} and a status of 400 or more.
 */
public final class WireBodies {
    private WireBodies() {}

    public record Authorize(Evidence evidence, Destination destination) {}

    public record Ask(Evidence evidence, Destination destination, String role, Duration duration, String reason) {}

    public record Open(PermitId permit, SessionId session, Opening opening) {}

    public record Certify(SessionId session, LeaseId lease, String publicKey) {}

    public record SecretOf(SessionId session) {}

    public record SecretIs(Secret secret) {}

    public record Tell(String source, List<Report> reports) {
        public Tell {
            reports = List.copyOf(reports);
        }
    }

    public record Told(long durable) {}

    /** For {@code feed} and for {@code command}. */
    public record After(long after, Duration atMost) {}

    public record Live(SessionId session, List<LiveFrame> frames) {
        public Live {
            frames = List.copyOf(frames);
        }
    }

    /** A gateway's own word: new certificates for its keys; the host key is a line of OpenSSH's. */
    public record Renew(String hostKey) {}

    /** Both for the keys that were there: X.509 in PEM, and a host certificate of OpenSSH. */
    public record Renewed(String certificate, String hostCertificate) {}

    /** A refusal: its kind by name, its code, its sentence, and what to do next. */
    public record Refused(
            String kind,
            String code,
            String sentence,
            @Nullable String hint) {}
}
