/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import io.podtap.core.agent.ReloadSignal;
import io.podtap.core.agent.Threads;
import io.podtap.core.config.SettingsException;
import io.podtap.core.text.PlainText;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a file of options while a tap runs: looked at once a second, read when it has changed and
 * at SIGHUP. Each option for itself is used or refused; what is refused leaves the former value and
 * is said once. An option that the file no longer has is again what the tap was started with.
 *
 * <p>A thread of its own reads, checks and compiles; {@link PolicyTarget} does the rest.
 */
public final class PolicyWatch implements AutoCloseable {

  private static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int VALUE_CHARACTERS_MAX = 256;

  /** Annotations under our prefix that are no options. */
  private static final Set<String> NOT_OPTIONS = Set.of("injected", "inject");

  private final PolicyFile file;
  private final Map<LiveOption, String> start;
  private final Map<LiveOption, String> current;
  private final Map<LiveOption, String> refused = new EnumMap<>(LiveOption.class);
  private final Map<String, String> fixed = new HashMap<>();
  private final PolicyLedger ledger;
  private final Consumer<String> log;
  private String trouble = "";
  private volatile boolean asked;
  private volatile boolean closed;
  private @Nullable Thread thread;

  /**
   * @param start what the tap was started with, without the file
   * @param log takes a line for whoever runs the tap
   */
  public PolicyWatch(
      PolicyFile file, Map<LiveOption, String> start, PolicyLedger ledger, Consumer<String> log) {
    this.file = file;
    this.start = new EnumMap<>(start);
    this.current = new EnumMap<>(start);
    this.ledger = ledger;
    this.log = log;
  }

  /**
   * Reads the file before there is a tap; again when it could not be started.
   *
   * @return the settings to begin with
   * @throws SettingsException when a file of options is not there or says what cannot be; of
   *     annotations, which nobody may have checked, what is wrong is said and left out
   */
  public PolicySettings begin() {
    boolean strict = file.form() == PolicyFile.Form.OPTIONS;
    file.isChanged();
    Map<String, String> found = strict ? file.read() : readable();
    if (found != null) {
      noteFixed(found, strict);
      for (LiveOption option : LiveOption.values()) {
        beginWith(option, found.getOrDefault(option.option(), at(start, option)), strict);
      }
    }
    return PolicySettings.of(current);
  }

  private void beginWith(LiveOption option, String wanted, boolean strict) {
    String former = at(current, option);
    current.put(option, wanted);
    try {
      PolicySettings.of(current);
    } catch (SettingsException e) {
      if (strict) {
        throw new SettingsException(file.path() + ": " + e.getMessage(), e);
      }
      current.put(option, former);
      if (!wanted.equals(refused.get(option))) {
        refuse(option, wanted, e);
      }
    }
  }

  /** Begins to follow. */
  public void follow(PolicyTarget target) {
    if (file.form() == PolicyFile.Form.OPTIONS) {
      ReloadSignal.install(this::reload);
    }
    Thread started = Threads.restartable("policy", () -> run(target));
    thread = started;
    started.start();
  }

  private void run(PolicyTarget target) {
    if (file.form() == PolicyFile.Form.ANNOTATIONS) {
      ReloadSignal.install(this::reload); // nobody sends one at once: the start need not wait
    }
    while (!closed) {
      LockSupport.parkNanos(this, PERIOD_NS);
      boolean now = asked;
      asked = false;
      if (!closed) {
        look(target, now);
      }
    }
  }

  /** Reads the file again, whether it has changed or not. Any thread. */
  public void reload() {
    asked = true;
    LockSupport.unpark(thread);
  }

  /**
   * Looks at the file once.
   *
   * @param again whether to read it even if it is the same, and to look up the filter's names anew
   */
  void look(PolicyTarget target, boolean again) {
    if (!file.isChanged() && !again) {
      return;
    }
    if (again) {
      trouble = "";
      refused.clear();
    }
    Map<String, String> found = readable();
    if (found == null) {
      return;
    }
    noteFixed(found, /* strict= */ false);
    int changes = 0;
    for (LiveOption option : LiveOption.values()) {
      String wanted = found.getOrDefault(option.option(), at(start, option));
      boolean isSame = wanted.equals(current.get(option));
      if (isSame) {
        refused.remove(option);
      } else if (!wanted.equals(refused.get(option))) {
        changes += change(target, option, wanted) ? 1 : 0;
      }
    }
    if (again && changes == 0) {
      log.accept(file.path() + " was read again: nothing changes");
    }
  }

  private boolean change(PolicyTarget target, LiveOption option, String wanted) {
    String former = at(current, option);
    current.put(option, wanted);
    try {
      target.change(option, PolicySettings.of(current));
    } catch (SettingsException e) {
      current.put(option, former);
      refuse(option, wanted, e);
      return false;
    }
    refused.remove(option);
    ledger.add(option.option(), PolicyLedger.Outcome.CHANGED, former, wanted);
    log.accept(
        option.option() + " changed from '" + plain(former) + "' to '" + plain(wanted) + "'");
    return true;
  }

  private void refuse(LiveOption option, String wanted, SettingsException problem) {
    refused.put(option, wanted);
    String former = at(current, option);
    ledger.add(option.option(), PolicyLedger.Outcome.REFUSED, former, wanted);
    log.accept(
        file.nameOf(option.option())
            + " is refused, '"
            + plain(former)
            + "' stays: "
            + PlainText.of(String.valueOf(problem.getMessage())));
  }

  /** Returns what the file says, or null when it cannot be read, which is said once. */
  private @Nullable Map<String, String> readable() {
    try {
      Map<String, String> found = file.read();
      trouble = "";
      return found;
    } catch (SettingsException e) {
      String problem = PlainText.of(String.valueOf(e.getMessage()));
      if (!problem.equals(trouble)) {
        trouble = problem;
        ledger.add("", PolicyLedger.Outcome.REFUSED, "", problem);
        log.accept(problem + "; options stay as they are");
      }
      return null;
    }
  }

  /** Says of each option that cannot change that it has, once for each value. */
  private void noteFixed(Map<String, String> found, boolean strict) {
    boolean isFirst = fixed.isEmpty();
    Map<String, String> others = new LinkedHashMap<>(found);
    others.keySet().removeIf(name -> LiveOption.find(name) != null || NOT_OPTIONS.contains(name));
    if (strict && !others.isEmpty()) {
      throw new SettingsException(
          file.path() + ": " + others.keySet().iterator().next() + " is not one of " + names());
    }
    if (isFirst && file.form() == PolicyFile.Form.ANNOTATIONS) {
      fixed.putAll(others); // what the pod was made with
      fixed.put("", ""); // no longer the first
      return;
    }
    Set<String> all = new TreeSet<>(others.keySet());
    all.addAll(fixed.keySet());
    for (String name : all) {
      String former = fixed.getOrDefault(name, "");
      String wanted = others.getOrDefault(name, "");
      if (!name.isEmpty() && !wanted.equals(former)) {
        fixed.put(name, wanted);
        ledger.add(name, PolicyLedger.Outcome.AT_NEXT_START, former, wanted);
        log.accept(
            file.nameOf(name)
                + " cannot change while the tap runs: '"
                + plain(wanted)
                + "' takes effect "
                + (file.form() == PolicyFile.Form.ANNOTATIONS
                    ? "in a new pod"
                    : "as an option at the next start"));
      }
    }
  }

  private static String names() {
    return String.join(", ", Arrays.stream(LiveOption.values()).map(LiveOption::option).toList());
  }

  private static String at(Map<LiveOption, String> values, LiveOption option) {
    return values.getOrDefault(option, "");
  }

  private static String plain(String value) {
    return PlainText.of(value, VALUE_CHARACTERS_MAX);
  }

  /** Ends the thread; what it does at the moment it still does. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
