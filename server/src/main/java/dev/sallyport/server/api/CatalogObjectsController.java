package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.CatalogRefusal;
import dev.sallyport.catalog.Kind;
import dev.sallyport.catalog.Stored;
import dev.sallyport.database.Database;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.server.Caller;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The catalogue, one object at a time; named by name or by id. */
@RestController
@RequestMapping("/api/v1")
final class CatalogObjectsController {
    private static final String KIND = CatalogPaths.KIND;

    private static final String ONE = KIND + "/{name}";
    private static final String YAML = "application/yaml";
    private static final Pattern ETAG = Pattern.compile("\"(\\d{1,18})\"");

    private final Database database;
    private final CatalogObjects objects;

    CatalogObjectsController(Database database, CatalogObjects objects) {
        this.database = database;
        this.objects = objects;
    }

    @Needs(CatalogController.READ)
    @Summary(
            value =
                    "Objects of a kind, by name; targets also by who owns them, and by the role or eligibility that opens them",
            refuses = "catalog.not-found")
    @GetMapping(KIND)
    Page<DocumentJson> list(
            @PathVariable String kind,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String owner,
            @RequestParam(required = false) @Nullable String role,
            @RequestParam(required = false) @Nullable String eligibility,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        boolean backwards = Orders.backwards(order);
        boolean narrowed = owner != null || role != null || eligibility != null;
        if (narrowed && kind(kind) != Kind.TARGET) {
            throw InputRefusal.INVALID_VALUE.because(
                    "owner, role, eligibility: stand beside " + Text.quoted(kind) + " (expected: targets only)");
        }
        List<Stored> page = database.read(rx -> narrowed
                ? CatalogObjects.targets(
                        rx,
                        CatalogObjects.filter(
                                rx,
                                Optional.ofNullable(owner),
                                Optional.ofNullable(role),
                                Optional.ofNullable(eligibility)),
                        backwards,
                        after,
                        q,
                        size)
                : CatalogObjects.page(rx, kind(kind), backwards, after, q, size));
        return Page.of(page, size, DocumentJson::of, Stored::name);
    }

    @Needs(CatalogController.READ)
    @Summary(value = "One object", refuses = "catalog.not-found")
    @GetMapping(ONE)
    ResponseEntity<DocumentJson> show(@PathVariable String kind, @PathVariable String name) {
        Kind which = kind(kind);
        return shown(
                HttpStatus.OK,
                database.read(rx -> CatalogObjects.require(rx, which, CatalogObjects.name(rx, which, name))));
    }

    @Needs(CatalogController.WRITE)
    @Summary(
            value = "Make an object",
            reads = DocumentJson.GivenJson.class,
            refuses = {"catalog.invalid", "catalog.exists", "catalog.stale"})
    @PostMapping(
            path = KIND,
            consumes = {MediaType.APPLICATION_JSON_VALUE, YAML})
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<DocumentJson> create(Caller caller, @PathVariable String kind, @RequestBody byte[] body) {
        String text = text(body);
        return shown(HttpStatus.CREATED, objects.create(caller.actor(), kind(kind), text));
    }

    @Needs(CatalogController.WRITE)
    @Summary(
            value = "Replace an object, if it is still the version that the caller saw",
            reads = DocumentJson.GivenJson.class,
            refuses = {
                "catalog.invalid",
                "catalog.not-found",
                "catalog.managed-elsewhere",
                "catalog.built-in",
                "catalog.stale",
                "input.if-match-required"
            })
    @PutMapping(
            path = ONE,
            consumes = {MediaType.APPLICATION_JSON_VALUE, YAML})
    ResponseEntity<DocumentJson> replace(
            Caller caller,
            @PathVariable String kind,
            @PathVariable String name,
            @RequestHeader(HttpHeaders.IF_MATCH) String ifMatch,
            @RequestBody byte[] body) {
        long version = version(ifMatch);
        String text = text(body);
        Kind which = kind(kind);
        return shown(HttpStatus.OK, objects.replace(caller.actor(), which, name, version, text));
    }

    @Needs(CatalogController.WRITE)
    @Summary(
            value = "Delete an object, if it is still the version that the caller saw and nothing names it",
            refuses = {
                "catalog.not-found",
                "catalog.in-use",
                "catalog.managed-elsewhere",
                "catalog.built-in",
                "catalog.stale",
                "input.if-match-required"
            })
    @DeleteMapping(ONE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(
            Caller caller,
            @PathVariable String kind,
            @PathVariable String name,
            @RequestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        long version = version(ifMatch);
        Kind which = kind(kind);
        objects.delete(caller.actor(), which, name, version);
    }

    private static ResponseEntity<DocumentJson> shown(HttpStatus status, Stored stored) {
        return ResponseEntity.status(status)
                .eTag('"' + Long.toString(stored.version()) + '"')
                .body(DocumentJson.of(stored));
    }

    private static Kind kind(String plural) {
        return Kind.ofPlural(plural)
                .orElseThrow(() -> CatalogRefusal.NOT_FOUND.because("no kind " + Text.quoted(plural)));
    }

    private static String text(byte[] body) {
        return SourceFile.utf8("body", body).text();
    }

    private static long version(String ifMatch) {
        var tag = ETAG.matcher(ifMatch);
        if (!tag.matches()) {
            throw InputRefusal.INVALID_VALUE.because(
                    "If-Match: " + Text.quoted(ifMatch) + " (expected: the ETag of one version, such as \"3\")");
        }
        return Long.parseLong(tag.group(1));
    }
}
