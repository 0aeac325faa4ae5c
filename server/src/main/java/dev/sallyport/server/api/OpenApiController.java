package dev.sallyport.server.api;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The description of this API, made from the running one. */
@RestController
@RequestMapping("/api/v1")
final class OpenApiController {
    private final ObjectProvider<RequestMappingHandlerMapping> mapping;
    private volatile @Nullable String document;

    OpenApiController(@Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mapping) {
        this.mapping = mapping;
    }

    @Public
    @Summary("This document (OpenAPI 3.1)")
    @GetMapping("/openapi.json")
    ResponseEntity<String> document() {
        String known = document;
        if (known == null) {
            known = OpenApi.document(mapping.getObject());
            document = known;
        }
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CACHE_CONTROL, "max-age=300")
                .body(known);
    }
}
