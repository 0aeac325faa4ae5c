package dev.sallyport.catalog;

import dev.sallyport.base.Text;
import dev.sallyport.formats.document.Shape;
import dev.sallyport.formats.document.TextShapes;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.identity.ClaimExpression;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;

/** The sorts of text that documents are made of. */
final class Words {
    static final Shape.Word NAME = TextShapes.NAME;

    static final Shape.Word LOGIN = matching(
            "an account name: a lower-case letter or '_', then up to 31 of a-z, 0-9, '_', '-'",
            "[a-z_][a-z0-9_-]{0,31}");

    static final Shape.Word EMAIL = matching(
            "an e-mail address of at most 254 characters, such as dev@example.org",
            "(?=.{3,254}$)[^\\s@\\p{Cntrl}]{1,64}@[^\\s@\\p{Cntrl}]{1,253}");

    /** A host name (RFC 1123), or an IPv4 or IPv6 address without brackets; nothing that a program could take for an option. */
    static final Shape.Word HOST = matching(
            "a host name or an IP address",
            "(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]{1,45}");

    static final Shape.Word PUBLIC_KEY = new Shape.Word(
            "an SSH public key such as ssh-ed25519 AAAA…",
            value -> TextShapes.unlessRefused(
                    () -> SshPublicKey.parse(value.strip()).line()));

    static final Shape.Word TIME = TextShapes.TIME;

    static final Shape.Word ISSUER = new Shape.Word(
            "an https address without query and fragment (http only on loopback)",
            value -> Optional.of(value).filter(Words::isIssuer));

    /** Never a path: whoever writes the catalogue could have any file of the server sent to a provider of theirs. */
    static final Shape.Word SECRET_FILE =
            matching("the name of a file, such as corp.secret", "[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** Files of their own: whoever writes the catalogue could name one whose content they know. */
    static final Shape.Word INCIDENT_SECRET_FILE = matching(
            "the name of a file that starts with incident-, such as incident-pagerduty",
            "incident-[A-Za-z0-9._-]{1,90}");

    static final Shape.Word EXPRESSION = new Shape.Word(
            ClaimExpression.EXPECTED,
            value -> Optional.of(value)
                    .filter(text -> ClaimExpression.parse(text).isPresent()));

    /** A pattern as gateways look for it: RE2, which takes time linear in the text whatever the pattern. */
    static final Shape.Word PATTERN = new Shape.Word(
            "a pattern in RE2 syntax of at most 500 characters, which does not match the empty text",
            value -> Optional.of(value).filter(Words::isPattern));

    static final Shape.Word VARIABLE = matching(
            "the name of a variable, with * at its end for any ending, such as LC_*",
            "[A-Za-z_][A-Za-z0-9_]{0,99}\\*?");

    /** One or more X.509 certificates in PEM, and nothing else that could be a private key. */
    static final Shape.Word CERTIFICATES =
            new Shape.Word("certificates in PEM", value -> Optional.of(value).filter(Words::isCertificates));

    private static final int CERTIFICATES_MAX = 64 * 1024;

    private Words() {}

    static Shape.Word line(int min, int max) {
        return TextShapes.line(min, max);
    }

    static Shape.Word matching(String expected, String pattern) {
        return TextShapes.matching(expected, pattern);
    }

    static Shape.Word span(Duration min, Duration max) {
        return TextShapes.span(min, max);
    }

    static Shape.Word spanOrNone(Duration min, Duration max) {
        return TextShapes.spanOrNone(min, max);
    }

    private static boolean isIssuer(String value) {
        try {
            var address = new URI(value);
            String host = String.valueOf(address.getHost());
            boolean loopback = host.equals("127.0.0.1") || host.equals("[::1]") || host.equals("localhost");
            return value.length() <= 500
                    && address.getHost() != null
                    && ("https".equals(address.getScheme()) || "http".equals(address.getScheme()) && loopback)
                    && address.getUserInfo() == null
                    && address.getQuery() == null
                    && address.getFragment() == null;
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static boolean isCertificates(String value) {
        try (var bytes = new java.io.ByteArrayInputStream(value.getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            return value.length() <= CERTIFICATES_MAX
                    && !value.contains("PRIVATE KEY")
                    && !java.security.cert.CertificateFactory.getInstance("X.509")
                            .generateCertificates(bytes)
                            .isEmpty();
        } catch (java.security.cert.CertificateException | java.io.IOException _) {
            return false;
        }
    }

    private static boolean isPattern(String value) {
        try {
            return !value.isEmpty()
                    && value.length() <= 500
                    && value.codePoints().noneMatch(Text::isUnprintable)
                    && !com.google.re2j.Pattern.compile(value).matcher("").find();
        } catch (com.google.re2j.PatternSyntaxException _) {
            return false;
        }
    }
}
