package io.podtap.injector.repair;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod without a tap, and why.
 *
 * @param state what it means
 * @param reason a stable word: of a {@link Cause} or of the injector's reasons
 * @param text one line for a person
 * @param pod as the API server has it
 */
public record Finding(
    String namespace,
    String name,
    State state,
    String reason,
    String text,
    Instant created,
    Map<String, @Nullable Object> pod) {

  /** From bad to good. */
  public enum State {
    /** It should have a tap, and a new pod in its place would get one. */
    MISSING,
    /** A tap is asked for in a way that cannot be. */
    MISTAKE,
    /** A tap is asked for, and there can be none. */
    IMPOSSIBLE,
    /** Somebody said no. */
    OPTED_OUT;

    /** Returns the stable word: {@code opted-out}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns whether something is to be done about it. */
    public boolean isBad() {
      return this == MISSING || this == MISTAKE;
    }
  }
}
