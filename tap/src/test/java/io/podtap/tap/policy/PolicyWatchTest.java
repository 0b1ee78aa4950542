/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsText;
import io.podtap.tap.command.TapCommand;
import io.podtap.tap.ledger.TapMetrics;
import io.podtap.tap.option.TapOption;
import io.podtap.tap.option.TapOptionValues;
import io.podtap.tap.policy.PolicyFile.Form;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every option of a tap either changes while it runs, or says that it does not. */
final class PolicyWatchTest {

  /** Of each option that can change: a value, what the tap is told then, and an invalid one. */
  private static final Map<LiveOption, List<String>> VALUES =
      Map.of(
          LiveOption.FILTER, List.of("tcp port 80", "filter=tcp port 80", "bad ("),
          LiveOption.DIRECTION, List.of("in", "direction=IN", "up"),
          LiveOption.SNAPLEN, List.of("96", "snaplen=96", "63"),
          LiveOption.BUDGET_MBPS, List.of("10", "budgetMbps=10", "many"),
          LiveOption.FLOW_CUTOFF, List.of("1000", "flowCutoffBytes=1000", "-1"),
          LiveOption.HEADERS_ONLY, List.of("443", "headersOnlyPorts=[443]", "https"),
          LiveOption.SEND, List.of("single", "send=SINGLE", "twice"));

  @TempDir private Path folder;

  private final PolicyLedger ledger = new PolicyLedger();
  private final List<String> log = new ArrayList<>();
  private final List<String> applied = new ArrayList<>();
  private Path path;
  private int writes;

  @BeforeEach
  void name() {
    path = folder.resolve("file");
  }

  private void use(LiveOption option, PolicySettings next) {
    if (next.filter().contains("bad")) {
      throw new SettingsException("filter 'bad (': syntax error");
    }
    applied.add(option + " " + next);
  }

  private PolicyWatch watch(Form form) {
    return new PolicyWatch(
        new PolicyFile(path, form), LiveOption.written(new TapOptionValues()), ledger, log::add);
  }

  /** Each time with another length, so that no clock has to have moved. */
  private void write(String text) {
    try {
      Files.writeString(path, text + "\n".repeat(++writes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(Form form, String option, String value) {
    return form == Form.OPTIONS
        ? option + '=' + value
        : "podtap.io/" + option + "=\"" + value + '"';
  }

  @ParameterizedTest
  @EnumSource(LiveOption.class)
  void eachOfTheseChangesAndAnInvalidValueLeavesTheFormer(LiveOption option) {
    for (Form form : Form.values()) {
      applied.clear();
      log.clear();
      List<String> values = VALUES.getOrDefault(option, List.of());
      String former = LiveOption.written(new TapOptionValues()).get(option);
      write("");
      PolicyWatch watch = watch(form);
      watch.begin();

      write(line(form, option.option(), values.get(0)));
      watch.look(this::use, false);
      write(line(form, option.option(), values.get(2)));
      watch.look(this::use, false);
      watch.look(this::use, false);
      write("");
      watch.look(this::use, false);

      assertThat(applied).hasSize(2);
      assertThat(applied.getFirst()).startsWith(option.name()).contains(values.get(1));
      assertThat(applied.getLast()).doesNotContain(values.get(1));
      assertThat(log).hasSize(3);
      assertThat(log.get(0))
          .isEqualTo(
              "%s changed from '%s' to '%s'".formatted(option.option(), former, values.get(0)));
      assertThat(log.get(1))
          .startsWith(
              (form == Form.OPTIONS ? "" : "podtap.io/")
                  + "%s is refused, '%s' stays: %s"
                      .formatted(option.option(), values.get(0), option.option()));
      assertThat(log.get(2))
          .isEqualTo(
              "%s changed from '%s' to '%s'".formatted(option.option(), values.get(0), former));
    }
    assertThat(ledger.snapshot().changed()).isEqualTo(4);
    assertThat(ledger.snapshot().refused()).isEqualTo(2);
    assertThat(ledger.snapshot().events())
        .extracting(PolicyLedger.Event::outcome)
        .startsWith(
            PolicyLedger.Outcome.CHANGED,
            PolicyLedger.Outcome.REFUSED,
            PolicyLedger.Outcome.CHANGED);
    assertThat(
            new MetricsText(MetricsFormat.TEXT)
                .add(TapMetrics.POLICY.read(ledger.snapshot()))
                .end())
        .contains(
            "podtap_tap_policy_changes_total{outcome=\"changed\"} 4",
            "podtap_tap_policy_changes_total{outcome=\"refused\"} 2");
  }

  /** All options of the command line that are not live. */
  static Stream<String> others() {
    return new CommandLine(new TapCommand())
        .getCommandSpec().options().stream()
            .map(option -> option.longestName().substring(2))
            .filter(name -> LiveOption.find(name) == null);
  }

  @ParameterizedTest
  @MethodSource("others")
  void eachOtherOptionSaysInOneLineThatItDoesNotChange(String option) {
    write(line(Form.ANNOTATIONS, option, "former"));
    PolicyWatch watch = watch(Form.ANNOTATIONS);
    watch.begin();
    assertThat(log).isEmpty();

    write(line(Form.ANNOTATIONS, option, "next"));
    watch.look(this::use, false);
    watch.look(this::use, true);

    assertThat(applied).isEmpty();
    assertThat(log)
        .containsExactly(
            "podtap.io/"
                + option
                + " cannot change while the tap runs: 'next' takes effect in a new pod",
            path + " was read again: nothing changes");
    assertThat(ledger.snapshot().atNextStart()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("others")
  void aFileOfOptionsHasNoOtherOptions(String option) {
    write(line(Form.OPTIONS, option, "x"));
    PolicyWatch watch = watch(Form.OPTIONS);
    assertThatThrownBy(watch::begin)
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            path
                + ": "
                + option
                + " is not one of filter, direction, snaplen, budget-mbps, flow-cutoff,"
                + " headers-only, send");
  }

  @Test
  void allOptionsOfTheListAreOptionsOfTheCommandLine() {
    assertThat(new CommandLine(new TapCommand()).getCommandSpec().optionsMap().keySet())
        .containsAll(Stream.of(LiveOption.values()).map(live -> "--" + live.option()).toList());
  }

  @Test
  void theHelpNamesTheOptionsOfTheList() {
    assertThat(TapOption.POLICY.help().getFirst())
        .endsWith(
            ": "
                + String.join(", ", Stream.of(LiveOption.values()).map(LiveOption::option).toList())
                + ".");
  }

  @Test
  void theFileWinsOverTheCommandLineFromTheStart() {
    write("filter=udp\nsnaplen=96");
    PolicySettings begun = watch(Form.OPTIONS).begin();
    assertThat(begun.filter()).isEqualTo("udp");
    assertThat(begun.segment().snaplen()).isEqualTo(96);
  }

  @Test
  void anInvalidFileOfOptionsEndsTheStartAndInvalidAnnotationsDoNot() {
    write("snaplen=1");
    assertThatThrownBy(() -> watch(Form.OPTIONS).begin())
        .hasMessageContaining("snaplen 1 is out of range");
    write("podtap.io/snaplen=\"1\"\npodtap.io/filter=\"udp\"");
    PolicyWatch annotations = watch(Form.ANNOTATIONS);
    assertThat(annotations.begin().filter()).isEqualTo("udp");
    assertThat(annotations.begin().segment().snaplen()).isEqualTo(262_144);
    assertThat(log).hasSize(1).first().asString().contains("podtap.io/snaplen is refused");
  }

  @Test
  void whatIsRefusedIsTriedAgainWhenAsked() {
    write("");
    PolicyWatch watch = watch(Form.OPTIONS);
    watch.begin();
    write("filter=bad");
    watch.look(this::use, false);
    watch.look((option, next) -> applied.add(option.name()), true);
    assertThat(applied).containsExactly("FILTER");
    assertThat(log).hasSize(2);
  }

  @Test
  void aFileThatCannotBeReadChangesNothingAndSaysSoOnce() throws IOException {
    write("filter=udp");
    PolicyWatch watch = watch(Form.OPTIONS);
    watch.begin();
    Files.delete(path);
    watch.look(this::use, false);
    watch.look(this::use, false);
    assertThat(applied).isEmpty();
    assertThat(log).containsExactly(path + " does not exist; options stay as they are");
    write("filter=tcp");
    watch.look(this::use, false);
    assertThat(applied).hasSize(1);
  }
}
