/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.Account;
import io.podtap.core.metrics.Metric;
import io.podtap.core.metrics.MetricFamily;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricKind;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is declared follows Prometheus' conventions, and {@code docs/metrics.md} says what is
 * declared; run with {@code -DupdateReferences=true} to write it again.
 */
class MetricsReferenceTest {

  private static final String INTRODUCTION =
      """
      # Metrics and counts

      Every number that a program counts is declared once in the code; this page is made from the declarations. A program
      serves metrics at `/metrics` of its `--metrics` port, in Prometheus' text format or, where a client asks for it, as
      OpenMetrics. `--count-json FILE` writes a count file when the program ends. Names and labels of metrics and keys of
      count files are part of the [interface](migration.md#metrics).

      A metric that ends with `_total` only grows while the program runs. Times are in seconds, sizes in bytes. A label
      has at most 128 characters, and all metrics of a program 2 MiB; `podtap_metrics_series_omitted` says how many series
      did not fit.

      The chart has a Grafana dashboard and alert rules for these metrics: `dashboard.enabled` and `alerts.enabled`.
      """;

  private static final int LINE_LENGTH_MAX = 118;

  @TempDir private Path folder;

  @Test
  void thePageSaysWhatIsDeclared() throws IOException {
    Path page = Repository.root().resolve("docs/metrics.md");
    String expected = page();
    if (Boolean.getBoolean("updateReferences")) {
      Files.writeString(page, expected);
    }
    assertThat(Files.readString(page)).isEqualTo(expected);
  }

  @Test
  void namesAndUnitsFollowTheConventions() {
    DeclaredMetrics.programs()
        .forEach((program, groups) -> {
          Map<String, String> owners = new HashMap<>();
          for (MetricGroup<?> group : groups) {
            for (MetricFamily family : group.families()) {
              String name = family.fullName();
              assertThat(name).matches("podtap(_[a-z][a-z0-9]*)+");
              assertThat(family.label()).matches("|[a-z_]+");
              assertThat(family.help()).as(name).matches("[A-Z].*[.]");
              assertThat(name.endsWith("_total"))
                  .as(name)
                  .isEqualTo(family.kind() == MetricKind.COUNTER);
              assertThat(name)
                  .doesNotContain("milli")
                  .doesNotEndWith("_count")
                  .doesNotEndWith("_sum")
                  .doesNotEndWith("_bucket");
              String inOpenMetrics = name.replaceFirst("_(total|info)$", "");
              assertThat(owners.put(inOpenMetrics, group.title()))
                  .as("%s of %s is another metric's name in OpenMetrics, too", name, program)
                  .isNull();
            }
          }
        });
  }

  @Test
  void keysOfCountFilesHaveOneSpelling() {
    for (List<MetricGroup<?>> groups : DeclaredMetrics.programs().values()) {
      for (MetricGroup<?> group : groups) {
        for (Metric<?> metric : group.metrics()) {
          assertThat(metric.key()).as(group.title()).matches("|[a-z][a-z0-9_]*");
          assertThat(metric.help()).as(group.title() + ' ' + metric.key()).matches("[A-Z].*[.]");
        }
      }
    }
  }

  /** Every name and help text, also of what no running program of a test would have. */
  @Test
  @RequiresTool("promtool")
  void promtoolFindsNothing() throws IOException {
    for (Map.Entry<String, List<MetricGroup<?>>> program : DeclaredMetrics.programs().entrySet()) {
      MetricsText text = new MetricsText(MetricsFormat.TEXT);
      program.getValue().forEach(group -> text.add(group.zero()));
      Path file = Files.writeString(folder.resolve("metrics"), withSamples(text.end()));
      assertThat(Commands.run("sh", "-c", "promtool check metrics <" + file + " 2>&1"))
          .as(program.getKey())
          .isEmpty();
    }
  }

  /** Values by name are none in a reading of nothing; what has no sample is not checked. */
  private static String withSamples(String text) {
    StringBuilder all = new StringBuilder();
    String[] lines = text.lines().toArray(String[]::new);
    for (int i = 0; i < lines.length; i++) {
      all.append(lines[i]).append('\n');
      boolean isLast = i + 1 == lines.length || lines[i + 1].startsWith("# HELP");
      if (isLast && lines[i].startsWith("# TYPE ")) {
        String name = lines[i].substring("# TYPE ".length(), lines[i].lastIndexOf(' '));
        all.append(name).append("{of=\"x\"} 1\n");
      }
    }
    return all.toString();
  }

  private static String page() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    DeclaredMetrics.programs()
        .forEach((program, groups) -> {
          String title = Character.toUpperCase(program.charAt(0)) + program.substring(1);
          page.append("\n## ").append(title).append('\n');
          groups.forEach(group -> describe(page, group));
        });
    return page.toString();
  }

  private static void describe(StringBuilder page, MetricGroup<?> group) {
    String title = Character.toUpperCase(group.title().charAt(0)) + group.title().substring(1);
    page.append("\n### ").append(title).append("\n\n");
    if (!group.place().isEmpty()) {
      page.append("- In the count file: `").append(group.place()).append("`.\n");
    }
    for (Account account : group.accounts()) {
      page.append("- Always: `").append(account).append("`.\n");
    }
    String labels = labels(group);
    if (!labels.isEmpty()) {
      page.append(wrapped("- Labels of every metric: " + labels + ".")).append('\n');
    }
    if (page.charAt(page.length() - 2) != '\n') {
      page.append('\n');
    }
    page.append("| metric | kind | count file | report | meaning |\n");
    page.append("| --- | --- | --- | --- | --- |\n");
    for (Metric<?> metric : group.metrics()) {
      if (metric.family() != null || !metric.key().isEmpty()) {
        page.append("| ").append(sample(metric)).append(" | ");
        page.append(
            metric.family() == null ? "" : metric.family().kind().name().toLowerCase(Locale.ROOT));
        page.append(" | ").append(code(metric.key())).append(" | ");
        page.append(code(metric.reportKey())).append(" | ");
        page.append(metric.help()).append(" |\n");
      }
    }
  }

  /** Returns an item of a list in lines that are short enough. */
  private static String wrapped(String item) {
    StringBuilder lines = new StringBuilder();
    int from = 0;
    while (item.length() - from > LINE_LENGTH_MAX) {
      int space = item.lastIndexOf(' ', from + LINE_LENGTH_MAX);
      lines.append(item, from, space).append("\n ");
      from = space;
    }
    return lines.append(item, from, item.length()).toString();
  }

  private static String labels(MetricGroup<?> group) {
    return String.join(
        ", ",
        group.metrics().stream()
            .filter(metric -> !metric.label().isEmpty())
            .map(metric -> code(metric.label()))
            .toList());
  }

  private static String sample(Metric<?> metric) {
    MetricFamily family = metric.family();
    if (family == null) {
      return "";
    }
    String labels =
        family.label().isEmpty()
            ? ""
            : metric.labelValue().isEmpty()
                ? '{' + family.label() + '}'
                : '{' + family.label() + "=\"" + metric.labelValue() + "\"}";
    return code(family.fullName() + labels);
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : '`' + text + '`';
  }
}
