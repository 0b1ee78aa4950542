/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import java.util.StringTokenizer;

/** The documentation of one detection in Markdown, made from its declaration. */
public final class DetectionPage {

  private static final int LINE_LENGTH_MAX = 120;

  private DetectionPage() {}

  /** Returns the page. */
  public static String of(DetectionKind kind) {
    StringBuilder page = new StringBuilder("# ").append(kind.name()).append("\n\n");
    paragraph(page, kind.meaning());
    page.append(
        kind.isDefault()
            ? "It runs with `--notices`.\n"
            : "It runs only when it is chosen by name (`--detect detect=" + kind.name() + "`).\n");
    if (!kind.logs().isEmpty()) {
      page.append("\nLogs: `").append(String.join(".log`, `", kind.logs())).append(".log`.\n");
    }
    for (NoticeType type : kind.notices()) {
      page.append("\n## ").append(type.name()).append("\n\n");
      paragraph(page, "**What it means.** " + type.meaning());
      page.append('\n');
      paragraph(page, "**Why it can be false.** " + type.falseBecause());
      page.append('\n');
      paragraph(page, "**What to do.** " + type.action());
      page.append('\n');
      paragraph(page, "**Which evidence to open.** " + type.evidence());
    }
    if (!kind.options().isEmpty()) {
      page.append("\n## Options\n\n| option | type | default | meaning |\n");
      page.append("| --- | --- | --- | --- |\n");
      for (DetectionOption option : kind.options()) {
        page.append("| `").append(option.name()).append("` | ").append(option.type().words());
        String value = option.defaultValue();
        page.append(" | ").append(value.isEmpty() ? "" : '`' + value + '`');
        page.append(" | ").append(option.meaning()).append(" |\n");
      }
    }
    return page.toString();
  }

  /** Writes a text in lines of bounded length. */
  private static void paragraph(StringBuilder page, String text) {
    int lineStart = page.length();
    for (StringTokenizer words = new StringTokenizer(text, " "); words.hasMoreTokens(); ) {
      String word = words.nextToken();
      if (page.length() > lineStart) {
        boolean fits = page.length() - lineStart + 1 + word.length() <= LINE_LENGTH_MAX;
        page.append(fits ? ' ' : '\n');
        lineStart = fits ? lineStart : page.length();
      }
      page.append(word);
    }
    page.append('\n');
  }

  /** Returns the page that lists all detections. */
  public static String index(Iterable<DetectionKind> kinds) {
    StringBuilder page = new StringBuilder("# Notices\n\n");
    page.append("`podtap sensor --notices` and `podtap read --notices` write `notice.log`.\n");
    page.append("Options are given by `--detect NAME=VALUE` or, as a JSON object, by\n");
    page.append("`--notice-options FILE`; `detect` lists the detections that run.\n\n");
    page.append("| detection | default | notices | meaning |\n| --- | --- | --- | --- |\n");
    for (DetectionKind kind : kinds) {
      page.append("| [").append(kind.name()).append("](").append(kind.name()).append(".md) | ");
      page.append(kind.isDefault() ? "on" : "off").append(" | ");
      page.append(String.join(", ", kind.notices().stream().map(NoticeType::name).toList()));
      page.append(" | ").append(kind.meaning()).append(" |\n");
    }
    page.append("\n## Options of all detections\n\n| option | default | meaning |\n");
    page.append("| --- | --- | --- |\n");
    for (DetectionOption option : NoticeSettings.COMMON) {
      page.append("| `").append(option.name()).append("` | ").append(option.defaultValue());
      page.append(" | ").append(option.meaning()).append(" |\n");
    }
    page.append("\n## Exceptions\n\n");
    page.append("`--notice-exceptions FILE` names findings that need no notice, one in a line:\n");
    page.append("notice, source, destination, until when, why. `*` stands for any.\n\n");
    page.append("```\nScan::*  10.0.3.0/24  *  2027-01-01T00:00:00Z  our own scanner\n```\n\n");
    page.append("The file is read again when it changes.\n\n## Webhook\n\n");
    page.append(
        "`--notice-webhook URL` sends every notice in a POST of its own, as a CloudEvent\n");
    page.append("or, with `--notice-webhook-format alertmanager`, to Alertmanager's\n");
    page.append(
        "`/api/v2/alerts`. Deliveries that fail are repeated; what does not fit into the\n");
    page.append("queue of 1 MiB is dropped and counted.\n\n## Kubernetes Events\n\n");
    page.append(
        "`podtap sensor --notice-events` writes a notice as an Event of each pod that it is\n");
    page.append(
        "about, in the pod's namespace: `kubectl describe pod` and `kubectl events` show it.\n");
    page.append("Each namespace gets ten at once and then one every six seconds; the rest is\n");
    page.append(
        "counted. The service account must be allowed to create events; the chart allows it\n");
    page.append(
        "with `sensor.noticeEvents`, and only then. A role that is missing is named in the\n");
    page.append("program's output and at `/ready`, as are files that cannot be read again.\n");
    page.append(
        "\n## Counts\n\nNotices by kind, findings that were suppressed or are exceptions, the\n");
    page.append("size of detections' state and what left it are [metrics](../metrics.md).\n");
    return page.toString();
  }
}
