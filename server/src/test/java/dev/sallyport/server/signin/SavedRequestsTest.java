package dev.sallyport.server.signin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where somebody may be sent after signing in: to pages of ours, and nowhere else. */
class SavedRequestsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?said=returned",
                "/grants?state=any&after=grt_1",
                "/requests/req_01m8c01yke2mrshbd439s60mk9/story",
                "/ask?item=ops%20web-1",
                "/policy/simulate?person=dev&role=ops",
                "/notification-channels/mail",
                "/oauth2/authorize?client_id=cli",
                "/decide/0123456789012345678901234567890123456789012"
            })
    void pagesOfOursAreGoneBackTo(String path) {
        assertThat(SavedRequests.isAllowed(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example/",
                "/\\evil.example",
                "https://evil.example/",
                "/login",
                "/sign-out",
                "/api/v1/me",
                "/grants/..//evil.example",
                "/grants?next=//evil.example",
                "/nothing",
                "/audit?x=%",
                "/audit?x=%zz",
                "/grants\r\nSet-Cookie: x",
                ""
            })
    void nothingElseIs(String path) {
        assertThat(SavedRequests.isAllowed(path)).isFalse();
    }
}
