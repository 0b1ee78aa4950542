/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.option;

import io.podtap.core.config.SettingsException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Values of options, defaults among them. One thread.
 *
 * <p>An accessor of another type than the option's fails with a {@link ClassCastException}, one for
 * a value that is absent with a {@link NullPointerException}: the caller is wrong.
 */
public final class TapOptionValues {

  private final Map<TapOption, @Nullable Object> values = new EnumMap<>(TapOption.class);

  /** Every option has its default. */
  public TapOptionValues() {
    for (TapOption option : TapOption.values()) {
      values.put(option, option.initial());
    }
  }

  /**
   * Sets an option from text.
   *
   * @throws IllegalArgumentException when the text is not a number or not a path
   */
  public void parse(TapOption option, String text) {
    values.put(option, option.parse(text));
  }

  /** Sets an option to a value of its type; null for the value of one that is absent. */
  public void set(TapOption option, @Nullable Object value) {
    values.put(option, option.type().cast(value));
  }

  /** Returns a value of the option's type, which may be null. */
  public @Nullable Object get(TapOption option) {
    return values.get(option);
  }

  /** Returns whether the option has a value that is not blank. */
  public boolean isGiven(TapOption option) {
    Object value = values.get(option);
    return value != null && !value.toString().isBlank();
  }

  /** Returns the value as a command line would give it; an empty text for none. */
  public String written(TapOption option) {
    return Objects.toString(values.get(option), "");
  }

  public String text(TapOption option) {
    return (String) required(option);
  }

  public int integer(TapOption option) {
    return (Integer) required(option);
  }

  public long number(TapOption option) {
    return (Long) required(option);
  }

  public @Nullable Path path(TapOption option) {
    return (Path) values.get(option);
  }

  /**
   * Returns which of an option's words is given, in lower case.
   *
   * @throws SettingsException when it is none of them
   */
  public String choice(TapOption option) {
    String given = text(option);
    String word = given.toLowerCase(Locale.ROOT);
    List<String> words = option.choices();
    if (words.contains(word)) {
      return word;
    }
    String refused = option.option() + " '" + given + "' is ";
    String last = words.getLast();
    throw new SettingsException(
        words.size() == 2
            ? refused + "neither " + words.getFirst() + " nor " + last
            : refused
                + "not "
                + String.join(", ", words.subList(0, words.size() - 1))
                + " or "
                + last);
  }

  /**
   * Refuses an option that is absent or blank.
   *
   * @throws SettingsException naming it
   */
  public void require(TapOption option) {
    if (!isGiven(option)) {
      throw new SettingsException("missing option --" + option.option());
    }
  }

  private Object required(TapOption option) {
    return Objects.requireNonNull(values.get(option), option::option);
  }
}
