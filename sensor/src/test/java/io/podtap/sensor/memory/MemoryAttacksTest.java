/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * What {@link Attack#ALL} lists, against an analysis with a heap of {@value #HEAP_MIB} MiB in a
 * process of its own: it lives, counts what it let go, accounts for what it holds, and records the
 * client beside the attack.
 */
class MemoryAttacksTest {

  private static final int HEAP_MIB = 48;

  /** What each attack says: what it makes a parser hold is several times the heap's share. */
  private static final long BYTES = 14_000_000;

  /** Attacks on what has a bound of its own, beside the budget, or that hold next to nothing. */
  private static final Set<String> WITHIN_THE_BUDGET =
      Set.of("dhcp-transactions", "http-ranges", "nothing-much", "mongodb-kinds");

  private static final long MEASURABLE_BYTES = 1 << 20;

  private record Outcome(String attack, Map<String, Long> values) {

    long of(String key) {
      return values.getOrDefault(key, -1L);
    }
  }

  private static List<String> run() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:TieredStopAtLevel=1",
                "-Xmx" + HEAP_MIB + "m",
                "-Xmn8m",
                "-cp",
                System.getProperty("java.class.path"),
                AttackRun.class.getName(),
                "all",
                Long.toString(BYTES))
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text.lines().toList();
  }

  private static List<Outcome> outcomes(List<String> lines) {
    List<Outcome> outcomes = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split("=", 2);
      if (words[0].equals("attack")) {
        outcomes.add(new Outcome(words[1], new HashMap<>()));
      } else if (words.length == 2 && words[1].matches("-?[0-9]+")) {
        outcomes.getLast().values.put(words[0], Long.parseLong(words[1]));
      }
    }
    return outcomes;
  }

  @Test
  void noTrafficMakesTheAnalysisHoldMoreThanItMay() throws IOException, InterruptedException {
    SoftAssertions all = new SoftAssertions();
    List<Outcome> outcomes = outcomes(run());
    all.assertThat(outcomes).hasSameSizeAs(Attack.ALL.values());
    for (Outcome outcome : outcomes) {
      String attack = outcome.attack + " " + outcome.values;
      all.assertThat(outcome.of("failures")).as("parser failures of " + attack).isZero();
      all.assertThat(outcome.of("benignRows")).as("rows beside " + attack).isEqualTo(200);
      all.assertThat(outcome.of("carried"))
          .as("held at the end of " + attack)
          .isLessThanOrEqualTo(outcome.of("budget"));
      all.assertThat(outcome.of("peakKib") >> 10)
          .as("resident memory of " + attack)
          .isLessThan(HEAP_MIB + 100);
      if (!WITHIN_THE_BUDGET.contains(outcome.attack)) {
        all.assertThat(outcome.of("letGo")).as("flows let go of " + attack).isPositive();
      }
      if (outcome.of("measured") > MEASURABLE_BYTES && !outcome.attack.equals("http-ranges")) {
        all.assertThat(outcome.of("accounted"))
            .as("accounted for of what is in use by " + attack)
            .isGreaterThan(outcome.of("measured") * 9 / 10);
      }
    }
    all.assertAll();
  }
}
