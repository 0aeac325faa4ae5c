package dev.sallyport.server.api;

import dev.sallyport.server.LimitsInForce;
import dev.sallyport.server.ServerConfig;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The limits of the server that answers, by name. */
@RestController
@RequestMapping("/api/v1/limits")
final class LimitsController {
    private final ServerConfig config;

    LimitsController(ServerConfig config) {
        this.config = config;
    }

    /** @param source set, default or fixed */
    record LimitJson(String name, String value, String source) {
        static LimitJson of(LimitsInForce.Limit limit) {
            return new LimitJson(limit.name(), limit.value(), RequestJson.word(limit.source()));
        }
    }

    record LimitsJson(List<LimitJson> items) {}

    @Needs(CatalogController.READ)
    @Summary("The limits in force at the server that answers, and whether its configuration set them")
    @GetMapping
    LimitsJson list() {
        return new LimitsJson(
                LimitsInForce.of(config).stream().map(LimitJson::of).toList());
    }
}
