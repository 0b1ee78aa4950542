/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one detection; settings, help and documentation are made from it.
 *
 * @param name by which it is chosen, such as {@code scan}
 * @param meaning one sentence for the user
 * @param isDefault whether it runs when notices are on and nothing is chosen
 * @param options in the order of the documentation
 * @param notices which it may raise
 * @param logs which it writes besides notices
 * @param starter makes the detection
 */
public record DetectionKind(
    String name,
    String meaning,
    boolean isDefault,
    List<DetectionOption> options,
    List<NoticeType> notices,
    List<String> logs,
    Function<DetectionContext, Detection> starter) {

  public DetectionKind {
    options = List.copyOf(options);
    notices = List.copyOf(notices);
    logs = List.copyOf(logs);
  }

  /** Begins a declaration. */
  public static Builder named(String name, String meaning) {
    return new Builder(name, meaning);
  }

  /** A declaration under way. */
  public static final class Builder {

    private final String name;
    private final String meaning;
    private final List<DetectionOption> options = new ArrayList<>();
    private final List<NoticeType> notices = new ArrayList<>();
    private final List<String> logs = new ArrayList<>();
    private boolean isDefault = true;
    private @Nullable Function<DetectionContext, Detection> starter;

    private Builder(String name, String meaning) {
      this.name = name;
      this.meaning = meaning;
    }

    /** Runs only when it is chosen by name. */
    public Builder onlyByName() {
      isDefault = false;
      return this;
    }

    /** Adds a number from 0 up. */
    public Builder count(String option, long defaultValue, String meaning) {
      return option(option, DetectionOption.Type.COUNT, Long.toString(defaultValue), meaning);
    }

    /** Adds a length of time. */
    public Builder seconds(String option, long defaultSeconds, String meaning) {
      return option(option, DetectionOption.Type.SECONDS, Long.toString(defaultSeconds), meaning);
    }

    /** Adds a number from 0 to 1. */
    public Builder share(String option, String defaultValue, String meaning) {
      return option(option, DetectionOption.Type.SHARE, defaultValue, meaning);
    }

    /** Adds a truth value. */
    public Builder truth(String option, boolean defaultValue, String meaning) {
      return option(option, DetectionOption.Type.TRUTH, Boolean.toString(defaultValue), meaning);
    }

    /** Adds a text. */
    public Builder text(String option, String defaultValue, String meaning) {
      return option(option, DetectionOption.Type.TEXT, defaultValue, meaning);
    }

    /** Adds a list of texts, separated by commas. */
    public Builder texts(String option, String defaultValue, String meaning) {
      return option(option, DetectionOption.Type.TEXTS, defaultValue, meaning);
    }

    /** Adds a group of hosts. */
    public Builder hosts(String option, String defaultValue, String meaning) {
      return option(option, DetectionOption.Type.HOSTS, defaultValue, meaning);
    }

    private Builder option(
        String option, DetectionOption.Type type, String defaultValue, String meaning) {
      options.add(new DetectionOption(option, type, defaultValue, meaning));
      return this;
    }

    /** Adds a notice; see {@link NoticeType}. */
    public Builder notice(
        String notice, String meaning, String falseBecause, String action, String evidence) {
      notices.add(new NoticeType(notice, meaning, falseBecause, action, evidence));
      return this;
    }

    /** Adds a log that it writes. */
    public Builder log(String log) {
      logs.add(log);
      return this;
    }

    /** Says how it is made. */
    public Builder starts(Function<DetectionContext, Detection> starter) {
      this.starter = starter;
      return this;
    }

    /** Ends the declaration. */
    public DetectionKind build() {
      return new DetectionKind(
          name, meaning, isDefault, options, notices, logs, Objects.requireNonNull(starter));
    }
  }
}
