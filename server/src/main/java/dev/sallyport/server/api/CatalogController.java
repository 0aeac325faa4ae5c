package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.catalog.CatalogExport;
import dev.sallyport.catalog.Change;
import dev.sallyport.catalog.Kind;
import dev.sallyport.database.Database;
import dev.sallyport.formats.document.DocumentError;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.server.Caller;
import dev.sallyport.server.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The catalogue as files: apply them, see what that would do, get them back. */
@RestController
@RequestMapping("/api/v1/catalog")
final class CatalogController {
    static final String READ = "catalog.read";
    static final String WRITE = "catalog.write";

    private static final MediaType YAML = new MediaType("text", "yaml", java.nio.charset.StandardCharsets.UTF_8);

    private final Database database;
    private final CatalogChanges changes;

    CatalogController(Database database, CatalogChanges changes) {
        this.database = database;
        this.changes = changes;
    }

    record FileJson(@Nullable String name, @Nullable String text) {}

    record FilesJson(
            @Nullable List<FileJson> files,
            @Nullable Boolean prune,
            @Nullable Boolean dryRun) {
        List<SourceFile> sources() {
            if (files == null) {
                throw InputRefusal.INVALID_VALUE.because("files: missing (expected: [{name, text}, …])");
            }
            return files.stream()
                    .map(file -> new SourceFile(
                            RequestsController.required("files.name", file.name()),
                            RequestsController.required("files.text", file.text())))
                    .toList();
        }

        boolean prunes() {
            return Boolean.TRUE.equals(prune);
        }
    }

    record ChangeJson(String action, String kind, String name, List<String> fields, List<String> takesAccessFrom) {
        static ChangeJson of(Change change) {
            return new ChangeJson(
                    change.action().toString(),
                    change.kind().word(),
                    change.name(),
                    change.fields(),
                    change.takesAccessFrom());
        }
    }

    record ChangesJson(List<ChangeJson> changes, boolean applied) {}

    record ErrorJson(String file, int line, int column, String message) {
        static ErrorJson of(DocumentError error) {
            return new ErrorJson(
                    Text.printable(error.file()), error.line(), error.column(), Text.printable(error.message()));
        }
    }

    @Needs(WRITE)
    @Summary(
            value = "Apply files of documents: all of them or none",
            refuses = {"catalog.invalid", "catalog.too-large", "catalog.stale"})
    @PostMapping("/apply")
    ChangesJson apply(Caller caller, @RequestBody FilesJson body) {
        return shown(changes.apply(caller.actor(), body.sources(), body.prunes(), Boolean.TRUE.equals(body.dryRun())));
    }

    @Needs(READ)
    @Summary(
            value = "What applying the files would change, and from whom it would take access",
            refuses = {"catalog.invalid", "catalog.too-large"})
    @PostMapping("/diff")
    ChangesJson diff(@RequestBody FilesJson body) {
        List<SourceFile> files = body.sources();
        return shown(database.read(rx -> changes.plan(rx, files, body.prunes())));
    }

    @Needs(READ)
    @Summary(value = "The catalogue as YAML, to be applied again", produces = "text/yaml")
    @GetMapping("/export")
    ResponseEntity<String> export(@RequestParam(required = false) @Nullable String kind) {
        Optional<Kind> only = Optional.ofNullable(kind).map(CatalogController::kind);
        return ResponseEntity.ok().contentType(YAML).body(database.read(rx -> CatalogExport.yaml(rx, only)));
    }

    @ExceptionHandler(Unsound.class)
    ResponseEntity<Problem> unsound(Unsound unsound) {
        return ResponseEntity.badRequest()
                .contentType(MediaType.parseMediaType(Problem.MEDIA_TYPE))
                .body(unsound.problem());
    }

    private static ChangesJson shown(CatalogAnswer answer) {
        return switch (answer) {
            case CatalogAnswer.Sound sound ->
                new ChangesJson(sound.changes().stream().map(ChangeJson::of).toList(), sound.applied());
            case CatalogAnswer.Unsound unsound -> throw new Unsound(unsound.errors());
        };
    }

    /** By its word or its plural: {@code Target} and {@code targets}. */
    private static Kind kind(String text) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.word().equals(text) || kind.plural().equals(text))
                .findFirst()
                .orElseThrow(() -> InputRefusal.INVALID_VALUE.because("kind: " + Text.quoted(text)
                        + " (expected: one of "
                        + Arrays.stream(Kind.values()).map(Kind::plural).toList() + ")"));
    }

    /** Carries the errors from the answer to the problem that tells them. */
    static final class Unsound extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient List<DocumentError> errors;

        Unsound(List<DocumentError> errors) {
            super("unsound documents", null, false, false);
            this.errors = errors;
        }

        Problem problem() {
            String first = errors.isEmpty() ? "" : "; the first: " + errors.getFirst();
            return Problem.of(dev.sallyport.catalog.CatalogRefusal.INVALID.because(
                            errors.size() + (errors.size() == 1 ? " error" : " errors")
                                    + " in the documents, nothing was changed" + first))
                    .with("errors", errors.stream().map(ErrorJson::of).toList());
        }
    }
}
