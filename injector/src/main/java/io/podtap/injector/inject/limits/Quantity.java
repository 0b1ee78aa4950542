/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject.limits;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of CPU or memory: {@code 0.5}, {@code 500m}, {@code 1e3}, {@code 1Ti}.
 *
 * @see "k8s.io/apimachinery/pkg/api/resource, Quantity"
 */
public final class Quantity {

  /** Digits are bounded so that an amount in a hostile text costs nothing. */
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(\\+?(?:[0-9]{1,40}\\.?[0-9]{0,40}|\\.[0-9]{1,40}))"
              + "(?:[eE]([-+]?[0-9]{1,2})|([a-zA-Z]*))");

  private static final Map<String, BigDecimal> UNITS =
      Map.ofEntries(
          Map.entry("n", new BigDecimal("1e-9")),
          Map.entry("u", new BigDecimal("1e-6")),
          Map.entry("m", new BigDecimal("1e-3")),
          Map.entry("", BigDecimal.ONE),
          Map.entry("k", new BigDecimal("1e3")),
          Map.entry("M", new BigDecimal("1e6")),
          Map.entry("G", new BigDecimal("1e9")),
          Map.entry("T", new BigDecimal("1e12")),
          Map.entry("P", new BigDecimal("1e15")),
          Map.entry("E", new BigDecimal("1e18")),
          Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
          Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
          Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
          Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
          Map.entry("Pi", BigDecimal.valueOf(1L << 50)),
          Map.entry("Ei", BigDecimal.valueOf(1L << 60)));

  /** Kubernetes rounds up to billionths. */
  private static final int SCALE = 9;

  private Quantity() {}

  /** Returns the amount in cores or bytes, or nothing when the text is not an amount above zero. */
  public static Optional<BigDecimal> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    BigDecimal unit =
        matcher.group(2) != null
            ? BigDecimal.ONE.scaleByPowerOfTen(Integer.parseInt(matcher.group(2)))
            : UNITS.get(matcher.group(3));
    if (unit == null) {
      return Optional.empty();
    }
    BigDecimal amount =
        new BigDecimal(matcher.group(1)).multiply(unit).setScale(SCALE, RoundingMode.CEILING);
    return amount.signum() > 0 ? Optional.of(amount) : Optional.empty();
  }

  /** Returns whether both are the same amount, however written. */
  public static boolean isSame(String one, String other) {
    Optional<BigDecimal> first = parse(one);
    Optional<BigDecimal> second = parse(other);
    return one.equals(other)
        || (first.isPresent() && second.isPresent() && first.get().compareTo(second.get()) == 0);
  }
}
