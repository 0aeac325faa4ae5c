package dev.sallyport.catalog;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.EventType;
import dev.sallyport.base.Ids;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.Rights;
import dev.sallyport.identity.SetUp;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The product as a target of itself, and the role that the first administrator may ask for. */
public final class BuiltIn implements SetUp.FirstRun {
    /** The role made by set-up; holds every right. */
    public static final String ADMINISTRATOR = "administrator";

    private static final String MANAGED_BY = "built-in";

    private final Audit audit;

    public BuiltIn(Audit audit) {
        this.audit = audit;
    }

    private enum BuiltInEvent implements EventType {
        MADE;

        @Override
        public OcsfClass ocsfClass() {
            return OcsfClass.ENTITY_MANAGEMENT;
        }

        @Override
        public String activity() {
            return "catalog.built-in-made";
        }
    }

    /** Makes the target {@code sallyport} if it is missing; called at every start. */
    public void ensureTarget(Database database) {
        if (database.read(rx -> Catalog.target(rx, Target.SALLYPORT)).isPresent()) {
            return;
        }
        database.run(Actor.system("start"), tx -> {
            int made = tx.update(
                    """
                    insert into target (id, name, type, spec, managed_by, created_at)
                    values (?, ?, ?, ?::jsonb, ?, ?) on conflict (name) do nothing
                    """,
                    TargetId.next(),
                    Target.SALLYPORT,
                    Target.SALLYPORT,
                    Json.text(Map.of("type", Target.SALLYPORT, "criticality", "critical")),
                    MANAGED_BY,
                    tx.now());
            audit.record(
                    tx,
                    Event.of(BuiltInEvent.MADE)
                            .target(Target.SALLYPORT)
                            .data("kind", "Target")
                            .data("new", made == 1));
        });
    }

    @Override
    public void prepare(Tx tx, String group) {
        RoleId role = RoleId.next();
        tx.update(
                "insert into role (id, name, spec, managed_by, created_at) values (?, ?, ?::jsonb, ?, ?)",
                role,
                ADMINISTRATOR,
                Json.text(Map.of(
                        "description", "Everything that can be administered",
                        "targets", Map.of("type", Target.SALLYPORT),
                        "rights", List.copyOf(new TreeSet<>(Rights.ALL)),
                        "access", "direct",
                        "request", Map.of("approval", "auto", "maxDuration", "8h", "reason", "required"))),
                SetUp.MANAGED_BY,
                tx.now());
        tx.update(
                "insert into eligibility (id, name, role_id, spec, managed_by, created_at) values (?, ?, ?, ?::jsonb, ?, ?)",
                Ids.next("elg_"),
                group + "-" + ADMINISTRATOR,
                role,
                Json.text(Map.of("role", ADMINISTRATOR, "subjects", Map.of("groups", List.of(group)))),
                SetUp.MANAGED_BY,
                tx.now());
        audit.record(
                tx,
                Event.of(BuiltInEvent.MADE)
                        .target(Target.SALLYPORT)
                        .data("kind", "Role")
                        .data("name", ADMINISTRATOR)
                        .data("group", group));
    }
}
