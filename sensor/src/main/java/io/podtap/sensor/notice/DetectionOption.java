/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import java.util.Locale;

/**
 * An option of a detection.
 *
 * @param name lower case, with a dot between group and name: {@code ftp.bruteforce_threshold}
 * @param type what values are allowed
 * @param defaultValue as it is written on the command line; lists are separated by commas
 * @param meaning one sentence for the user
 */
public record DetectionOption(String name, Type type, String defaultValue, String meaning) {

  /** What values are allowed. */
  public enum Type {
    /** A whole number from 0 up. */
    COUNT,
    /** Seconds, with decimals. */
    SECONDS,
    /** A number from 0 to 1. */
    SHARE,
    /** {@code true} or {@code false}. */
    TRUTH,
    /** Any text. */
    TEXT,
    /** Texts separated by commas. */
    TEXTS,
    /** {@code local}, {@code remote}, {@code all} or {@code none}. */
    HOSTS;

    /** Returns the type in words. */
    public String words() {
      return switch (this) {
        case COUNT -> "number";
        case SECONDS -> "seconds";
        case SHARE -> "number from 0 to 1";
        case TRUTH -> "true or false";
        case TEXT -> "text";
        case TEXTS -> "list";
        case HOSTS -> "local, remote, all or none";
      };
    }
  }

  public DetectionOption {
    if (!name.equals(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("the name of option " + name + " is not in lower case");
    }
  }
}
