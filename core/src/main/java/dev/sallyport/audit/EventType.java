package dev.sallyport.audit;

/**
 * What kind of thing happened; one enum per feature implements it. The class is one of OCSF 1.6, the activity a stable
 * dotted name of ours.
 */
public interface EventType {
    /** OCSF class and the category it belongs to. */
    enum OcsfClass {
        FILE_SYSTEM_ACTIVITY(1001, "file_activity"),
        PROCESS_ACTIVITY(1007, "process_activity"),
        SSH_ACTIVITY(4007, "ssh_activity"),
        ACCOUNT_CHANGE(3001, "account_change"),
        AUTHENTICATION(3002, "authentication"),
        AUTHORIZE_SESSION(3003, "authorize_session"),
        ENTITY_MANAGEMENT(3004, "entity_management"),
        USER_ACCESS_MANAGEMENT(3005, "user_access_management"),
        GROUP_MANAGEMENT(3006, "group_management"),
        DETECTION_FINDING(2004, "detection_finding"),
        APPLICATION_LIFECYCLE(6002, "application_lifecycle"),
        API_ACTIVITY(6003, "api_activity");

        private final int uid;
        private final String label;

        OcsfClass(int uid, String label) {
            this.uid = uid;
            this.label = label;
        }

        public int uid() {
            return uid;
        }

        public String label() {
            return label;
        }

        static OcsfClass of(int uid) {
            for (OcsfClass candidate : values()) {
                if (candidate.uid == uid) {
                    return candidate;
                }
            }
            throw new IllegalStateException("event class " + uid);
        }
    }

    OcsfClass ocsfClass();

    /** For example {@code request.approved}. */
    String activity();
}
