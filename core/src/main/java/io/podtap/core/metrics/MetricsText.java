/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as Prometheus reads them, made from {@link Reading}s, one family after the other. One
 * thread.
 *
 * <p>Bounded: a value of a label has {@link #LABEL_CHARACTERS_MAX} characters at most, a text
 * {@link #CHARACTERS_MAX}. What lies beyond is left out, and {@code podtap_metrics_series_omitted}
 * says how much.
 *
 * @see "Prometheus text exposition format 0.0.4; OpenMetrics 1.0.0"
 */
public final class MetricsText {

  /** Characters of a label's value. */
  public static final int LABEL_CHARACTERS_MAX = 128;

  /** Characters of all series together. */
  public static final int CHARACTERS_MAX = 2 << 20;

  /** What every program says of its metrics, at their end. */
  public static final MetricGroup<MetricsText> OWN =
      MetricGroup.<MetricsText>of("podtap_", "metrics of any program", "")
          .gauge("metrics_series_omitted", "Series that did not fit into the text.", t -> t.omitted)
          .metricsOnly()
          .build();

  private final StringBuilder out = new StringBuilder();
  private final MetricsFormat format;
  private long omitted;

  /** Begins an empty text. */
  public MetricsText(MetricsFormat format) {
    this.format = format;
  }

  /** Returns {@code text} with an underscore for whatever is not plain, cut to a label's length. */
  public static String plain(String text) {
    int length = Math.min(text.length(), LABEL_CHARACTERS_MAX);
    StringBuilder plain = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char character = text.charAt(i);
      plain.append(isPlain(character) ? character : '_');
    }
    return plain.toString();
  }

  private static boolean isPlain(char character) {
    return (character >= 'A' && character <= 'Z')
        || (character >= 'a' && character <= 'z')
        || (character >= '0' && character <= '9')
        || "_.:/@-".indexOf(character) >= 0;
  }

  /** Adds the metrics of one reading, the only one of its group. */
  public MetricsText add(Reading reading) {
    return add(List.of(reading));
  }

  /** Adds the metrics of readings, all those of one group; nothing when there are none. */
  public MetricsText add(List<Reading> readings) {
    if (readings.isEmpty()) {
      return this;
    }
    MetricGroup<?> group = readings.getFirst().group();
    List<String> labels = readings.stream().map(MetricsText::labels).toList();
    for (MetricFamily family : group.families()) {
      describe(family);
      for (int i = 0; i < readings.size(); i++) {
        add(family, readings.get(i), labels.get(i));
      }
    }
    return this;
  }

  private void describe(MetricFamily family) {
    String name = format == MetricsFormat.TEXT ? family.fullName() : family.baseName();
    out.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(family.kind().word(format)).append('\n');
    if (format == MetricsFormat.OPENMETRICS && !family.unit().word().isEmpty()) {
      out.append("# UNIT ").append(name).append(' ').append(family.unit().word()).append('\n');
    }
  }

  /** Returns the labels that every series of a reading has, as they stand between the braces. */
  private static String labels(Reading reading) {
    StringBuilder labels = new StringBuilder();
    List<? extends Metric<?>> metrics = reading.group().metrics();
    for (int i = 0; i < metrics.size(); i++) {
      String label = metrics.get(i).label();
      if (!label.isEmpty()) {
        append(labels, label, reading.value(i).toString());
      }
    }
    return labels.toString();
  }

  private static void append(StringBuilder labels, String label, String value) {
    if (!labels.isEmpty()) {
      labels.append(',');
    }
    labels.append(label).append("=\"");
    int length = Math.min(value.length(), LABEL_CHARACTERS_MAX);
    for (int i = 0; i < length; i++) {
      char character = value.charAt(i);
      switch (character) {
        case '\\' -> labels.append("\\\\");
        case '"' -> labels.append("\\\"");
        case '\n' -> labels.append("\\n");
        default -> labels.append(character);
      }
    }
    labels.append('"');
  }

  private void add(MetricFamily family, Reading reading, String groupLabels) {
    List<? extends Metric<?>> metrics = reading.group().metrics();
    for (int i = 0; i < metrics.size(); i++) {
      Metric<?> metric = metrics.get(i);
      if (!family.equals(metric.family())) {
        continue;
      }
      Object value = reading.value(i);
      switch (value) {
        case Long number -> {
          if (number != Metric.ABSENT) {
            add(family, groupLabels, metric.labelValue(), family.unit().text(number));
          }
        }
        case Boolean flag -> add(family, groupLabels, metric.labelValue(), flag ? "1" : "0");
        case Map<?, ?> counts ->
            counts.forEach((name, count) ->
                add(family, groupLabels, (String) name, family.unit().text((Long) count)));
        case Histogram.Buckets buckets -> add(family, groupLabels, buckets);
        default -> throw new IllegalStateException(family.fullName() + " has a text for a value");
      }
    }
  }

  private void add(MetricFamily family, String groupLabels, String labelValue, String value) {
    String labels = groupLabels;
    if (!family.label().isEmpty()) {
      StringBuilder all = new StringBuilder(groupLabels);
      append(all, family.label(), labelValue);
      labels = all.toString();
    }
    sample(family.fullName(), labels, value);
  }

  private void add(MetricFamily family, String groupLabels, Histogram.Buckets buckets) {
    String name = family.fullName();
    long total = 0;
    for (int i = 0; i < buckets.counts().length; i++) {
      total += buckets.counts()[i];
      StringBuilder labels = new StringBuilder(groupLabels);
      boolean isLast = i == buckets.bounds().length;
      append(labels, "le", isLast ? "+Inf" : bound(family.unit().text(buckets.bounds()[i])));
      sample(name + "_bucket", labels.toString(), Long.toString(total));
    }
    sample(name + "_sum", groupLabels, family.unit().text(buckets.sum()));
    sample(name + "_count", groupLabels, Long.toString(total));
  }

  /** OpenMetrics writes whole numbers with a decimal here. */
  private static String bound(String number) {
    return number.indexOf('.') < 0 ? number + ".0" : number;
  }

  private void sample(String name, String labels, @Nullable String value) {
    if (out.length() + name.length() + labels.length() > CHARACTERS_MAX) {
      omitted++;
      return;
    }
    out.append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    out.append(' ').append(value).append('\n');
  }

  /** Ends the text and returns it. */
  public String end() {
    if (omitted > 0) {
      describe(OWN.families().iterator().next());
      out.append(OWN.families().iterator().next().fullName()).append(' ');
      out.append(omitted).append('\n');
    }
    return format == MetricsFormat.OPENMETRICS ? out.append("# EOF\n").toString() : out.toString();
  }
}
