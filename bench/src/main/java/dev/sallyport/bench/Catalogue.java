package dev.sallyport.bench;

import dev.sallyport.identity.Rights;

/** Who and what a lab begins with. */
final class Catalogue {
    private static final String PERSON = """
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: NAME}
            spec: {groups: [GROUP]}
            ---
            """;
    private static final String TARGET = """
            apiVersion: sallyport/v1
            kind: Target
            metadata: {name: NAME, labels: {tier: web}}
            spec: {type: ssh, address: {host: 127.0.0.1, port: 22}}
            ---
            """;
    private static final String REST = """
            apiVersion: sallyport/v1
            kind: Group
            metadata: {name: developers}
            spec: {}
            ---
            apiVersion: sallyport/v1
            kind: Group
            metadata: {name: chiefs}
            spec: {}
            ---
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: look}
            spec:
              targets: {type: ssh, labels: {tier: web}}
              ssh: {logins: [viewer]}
              access: direct
              request: {approval: auto, maxDuration: 8h, reason: optional}
            ---
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: chief}
            spec:
              targets: {type: sallyport}
              rights: [RIGHTS]
              request: {approval: auto, maxDuration: 8h, reason: optional}
            ---
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: developers-look}
            spec: {role: look, subjects: {groups: [developers]}}
            ---
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: chiefs-chief}
            spec: {role: chief, subjects: {groups: [chiefs]}}
            """;

    private Catalogue() {}

    static String yaml() {
        var yaml = new StringBuilder();
        for (int i = 0; i < Lab.PEOPLE; i++) {
            yaml.append(person(Lab.person(i), "developers")).append(TARGET.replace("NAME", Lab.target(i)));
        }
        return yaml.append(person(Lab.ADMINISTRATOR, "chiefs"))
                .append(person(Lab.MANY_GROUPS, "developers"))
                .append(REST.replace("RIGHTS", String.join(", ", Rights.ALL)))
                .toString();
    }

    private static String person(String name, String group) {
        return PERSON.replace("NAME", name).replace("GROUP", group);
    }
}
