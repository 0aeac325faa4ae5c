package dev.sallyport.request;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a person asked for, why and for how long; its state follows from its items. */
public record Request(
        RequestId id,
        PersonId requester,
        String requesterName,
        String reason,
        Optional<String> ticket,
        Duration duration,
        Optional<Instant> startsAt,
        Optional<GrantId> extended,
        Instant decideBy,
        Instant createdAt,
        boolean breakGlass,
        List<Item> items) {
    public Request {
        items = List.copyOf(items);
    }

    Optional<Item> item(ItemId id) {
        return items.stream().filter(item -> item.id().equals(id)).findFirst();
    }

    /** Pending while any item is; otherwise approved when any item is, and else what became of them. */
    public ItemState state() {
        for (ItemState state : List.of(ItemState.PENDING, ItemState.APPROVED, ItemState.DENIED, ItemState.EXPIRED)) {
            if (items.stream().anyMatch(item -> item.state() == state)) {
                return state;
            }
        }
        return ItemState.WITHDRAWN;
    }
}
