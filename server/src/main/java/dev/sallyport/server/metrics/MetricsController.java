package dev.sallyport.server.metrics;

import dev.sallyport.base.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The measures for Prometheus, from this machine only. Elsewhere a scraper runs beside the server. */
@RestController
public final class MetricsController {
    private final Measures measures;

    public MetricsController(Measures measures) {
        this.measures = measures;
    }

    private enum Elsewhere implements Refusal.Code {
        LOOPBACK_ONLY;

        @Override
        public Refusal.Kind kind() {
            return Refusal.Kind.FORBIDDEN;
        }

        @Override
        public String code() {
            return "metrics.loopback-only";
        }
    }

    @GetMapping("/metrics")
    ResponseEntity<String> metrics(HttpServletRequest request) {
        if (!InetAddress.ofLiteral(request.getRemoteAddr()).isLoopbackAddress()) {
            throw Elsewhere.LOOPBACK_ONLY.because(
                    "metrics are told on this machine only", "scrape from a loopback address");
        }
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/plain;version=0.0.4;charset=utf-8"))
                .body(measures.scrape());
    }
}
