package dev.sallyport.server.api;

import dev.sallyport.request.Favourites;
import dev.sallyport.server.Caller;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What the caller asks for often and wants at hand. */
@RestController
@RequestMapping("/api/v1/favourites")
final class FavouritesController {
    private final Favourites favourites;

    FavouritesController(Favourites favourites) {
        this.favourites = favourites;
    }

    @SignedIn
    @Summary("The caller's favourites that they may still ask for, and what would be decided")
    @GetMapping
    Page<RequestsController.OfferJson> list(Caller caller) {
        return new Page<>(
                favourites.list(caller.personId()).stream()
                        .map(RequestsController.OfferJson::of)
                        .toList(),
                null);
    }

    @SignedIn
    @Summary(
            value = "Make a role on a target a favourite",
            refuses = {"request.unknown-role-or-target", "favourite.too-many"})
    @PutMapping("/{role}/{target}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void add(Caller caller, @PathVariable String role, @PathVariable String target) {
        favourites.add(caller.actor(), caller.personId(), role, target);
    }

    @SignedIn
    @Summary("Make it none")
    @DeleteMapping("/{role}/{target}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Caller caller, @PathVariable String role, @PathVariable String target) {
        favourites.remove(caller.actor(), caller.personId(), role, target);
    }
}
