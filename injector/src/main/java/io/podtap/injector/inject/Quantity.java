package io.podtap.injector.inject;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of CPU or memory.
 *
 * @see "Kubernetes documentation, Quantity"
 */
final class Quantity {

  private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,12}(\\.[0-9]{1,9})?)([a-zA-Z]*)");

  private static final Map<String, BigDecimal> UNITS =
      Map.ofEntries(
          Map.entry("", BigDecimal.ONE),
          Map.entry("m", new BigDecimal("0.001")),
          Map.entry("k", new BigDecimal("1e3")),
          Map.entry("M", new BigDecimal("1e6")),
          Map.entry("G", new BigDecimal("1e9")),
          Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
          Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
          Map.entry("Gi", BigDecimal.valueOf(1L << 30)));

  private Quantity() {}

  /** Returns the amount in cores or bytes, or nothing when the text is no quantity above zero. */
  static Optional<BigDecimal> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches() || !UNITS.containsKey(matcher.group(3))) {
      return Optional.empty();
    }
    BigDecimal amount =
        new BigDecimal(matcher.group(1))
            .multiply(UNITS.getOrDefault(matcher.group(3), BigDecimal.ONE));
    return amount.signum() > 0 ? Optional.of(amount) : Optional.empty();
  }

  /** Returns whether both are the same amount, however written. */
  static boolean isSame(String one, String other) {
    Optional<BigDecimal> first = parse(one);
    Optional<BigDecimal> second = parse(other);
    return one.equals(other)
        || (first.isPresent() && second.isPresent() && first.get().compareTo(second.get()) == 0);
  }
}
