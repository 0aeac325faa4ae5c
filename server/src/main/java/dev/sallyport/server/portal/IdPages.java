package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.server.HttpRefusal;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Any id leads to what has it: to its page, or to the place where it is listed. Whether there is such a thing is what the
 * API says to who asks, so whoever may not see it learns nothing here.
 */
@RestController
final class IdPages {
    @GetMapping("/id/{id}")
    ResponseEntity<String> go(Visit visit, @PathVariable String id) {
        return visit.go(place(visit, id));
    }

    private static String place(Visit visit, String id) {
        String kind = Links.checked(id);
        return switch (kind) {
            case "itm" ->
                "/requests/" + Links.segment(found(visit, "/requests/{}", id).text("id"));
            case "idn" ->
                "/people/" + Links.segment(found(visit, "/identities/{}", id).text("person")) + "#logins";
            case "ses" -> {
                found(visit, "/me/sessions/{}", id);
                yield "/me?sign-ins-id=" + Links.segment(id) + "#sign-ins";
            }
            case "gtw" ->
                "/settings?gateways-q="
                        + Links.segment(found(visit, "/gateways/{}", id).text("name")) + "#gateways";
            case "bgk", "bgu" ->
                "/settings/kits/"
                        + Links.segment(found(visit, "/breakglass/kits/{}", id).text("name"));
            case "cak", "tky" -> listed(visit, "/keys", id, "/dashboard/debug#keys");
            case "psk" -> listed(visit, "/me/passkeys", id, "/me#passkeys");
            default ->
                Links.page(id)
                        .orElseGet(() -> Links.catalogued(kind)
                                .map(path -> path
                                        + Links.segment(
                                                found(visit, path + "{}", id).text("metadata.name")))
                                .orElseThrow(() -> unknown(id)));
        };
    }

    private static Doc found(Visit visit, String path, String id) {
        return visit.call(ApiCall.get(path, id));
    }

    /** Of what has no page of its own, in a list that is short. */
    private static String listed(Visit visit, String list, String id, String place) {
        boolean there = visit.call(ApiCall.get(list)).items().stream()
                .anyMatch(item -> item.text("id").equals(id));
        if (!there) {
            throw unknown(id);
        }
        return place;
    }

    private static Refusal unknown(String id) {
        return HttpRefusal.UNKNOWN_PATH.because(Text.quoted(id) + ": nothing that you may see has this id");
    }
}
