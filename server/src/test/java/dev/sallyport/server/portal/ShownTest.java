package dev.sallyport.server.portal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** RQ2: before one asks, one sees whose word it takes. */
class ShownTest {
    private static Doc doc(String json) {
        return new Doc(new JsonMapper().readTree(json));
    }

    @Test
    void itIsSaidWhoseWordIsNeededAlsoThatOfAProgram() {
        Cell people = Shown.effect(doc("""
                {"effect":"approval","stages":[
                 {"stage":1,"needed":2,"groups":["leads"],"people":["chief"]},
                 {"stage":2,"needed":1,"groups":[],"people":[],"service":"change-desk"}]}"""));

        assertThat(people.plain()).contains("needs approval", "2 by leads or chief, then 1 by the service change-desk");
        assertThat(Shown.effect(doc("{\"effect\":\"allow\"}")).plain()).isEqualTo("granted at once");
    }
}
