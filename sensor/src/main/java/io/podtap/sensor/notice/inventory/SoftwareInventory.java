/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.inventory;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.DetectionValues;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.filter.Repeats;
import io.podtap.sensor.sink.LogStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code software.log}: programs and their versions, as they say themselves, each once a day. */
public final class SoftwareInventory implements Detection {

  /** The notice. */
  static final String VULNERABLE = "Software::Vulnerable_Version";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("software", "Lists programs and their versions, as they say themselves.")
          .hosts("software.asset_tracking", "local", "Hosts whose programs are listed.")
          .hosts(
              "smtp.detect_clients_in_messages_from",
              "local",
              "Senders of mail whose programs are listed.")
          .texts(
              "software.vulnerable_versions",
              "",
              "Versions with known faults, as NAME:HIGHEST or NAME:LOWEST:HIGHEST.")
          .log("software")
          .notice(
              VULNERABLE,
              "A host runs a program in a version that is listed as vulnerable.",
              "Distributions mend faults without a new version number, and programs can be told to"
                  + " show any version.",
              "Look up whether the package that is installed has the correction; update it if not.",
              "software.log of the host for the version, then http.log, ssh.log or smtp.log for"
                  + " the connection that showed it.")
          .starts(SoftwareInventory::new)
          .build();

  private static final long BYTES_MAX = 8 << 20;
  private static final int VERSIONS_MAX = 20;
  private static final Pattern CLIENT_PREFIX = Pattern.compile("^SSH[0-9.\\-]+");
  private static final Pattern SERVER_PREFIX = Pattern.compile("SSH[0-9.\\-]{2,}");

  private record Row(
      long timeNs, String host, long port, String type, SoftwareVersion version, String unparsed)
      implements HostRow {}

  private record Range(String name, SoftwareVersion lowest, SoftwareVersion highest) {}

  private final AgeTable<String, Set<String>> known =
      new AgeTable<>(BYTES_MAX, KnownHosts.DAY_NS, SoftwareInventory::bytesOf);
  private final Repeats repeats = new Repeats();
  private final LogStream<Row> log;
  private final Notices notices;
  private final Site site;
  private final DetectionValues.Hosts tracked;
  private final DetectionValues.Hosts mailTracked;
  private final List<Range> vulnerable = new ArrayList<>();

  private SoftwareInventory(DetectionContext context) {
    notices = context.notices();
    site = context.site();
    tracked = context.options().hosts("software.asset_tracking");
    mailTracked = context.options().hosts("smtp.detect_clients_in_messages_from");
    for (String range : context.options().texts("software.vulnerable_versions")) {
      vulnerable.add(range(range));
    }
    log = context.open(schema());
  }

  private static Range range(String text) {
    int first = text.indexOf(':');
    int last = text.lastIndexOf(':');
    if (first < 1 || last == text.length() - 1) {
      throw new SettingsException(
          "invalid range of versions '" + text + "': NAME:HIGHEST or NAME:LOWEST:HIGHEST expected");
    }
    String lowest = first == last ? "0" : text.substring(first + 1, last);
    return new Range(
        text.substring(0, first),
        SoftwareVersion.parse("x/" + lowest + ".0"),
        SoftwareVersion.parse("x/" + text.substring(last + 1)));
  }

  private static LogSchema<Row> schema() {
    return HostRow.<Row>begin(
            "software",
            "One record for each program and version of a host, once a day.",
            "When it showed itself.",
            "Its address.")
        .port("host_p", "The port of a server.", Row::port)
        .enumeration(
            "software_type",
            "What it is used for.",
            (row, out) -> {
              out.latin1(row.type());
              return true;
            })
        .wire("name", "Its name.", row -> row.version().name())
        .count("version.major", "First number of its version.", row -> row.version().major())
        .count("version.minor", "Second number.", row -> row.version().minor())
        .count("version.minor2", "Third number.", row -> row.version().minor2())
        .count("version.minor3", "Fourth number.", row -> row.version().minor3())
        .wire("version.addl", "What follows the numbers.", row -> row.version().more())
        .wire("unparsed_version", "What it says itself.", Row::unparsed)
        .build();
  }

  private static long bytesOf(Set<String> versions) {
    long sum = 64;
    for (String version : versions) {
      sum += 48 + AgeTable.bytesOf(version);
    }
    return sum;
  }

  @Override
  public void subscribe(Subscriptions records) {
    records
        .on("http_software", this::onHeader)
        .on("ssh_version", this::onSshVersion)
        .on("smtp", this::onMail);
  }

  private void onHeader(LogRecord header) {
    String value = header.textOrEmpty("value");
    if (header.isTrue("is_orig")) {
      if (header.textOrEmpty("name").equals("USER-AGENT")) {
        found(header, header.textOrEmpty("id.orig_h"), LogSchema.UNSET, "HTTP::BROWSER", value);
      }
      return;
    }
    String host = header.textOrEmpty("id.resp_h");
    long port = header.number("id.resp_p");
    switch (header.textOrEmpty("name")) {
      case "SERVER" -> found(header, host, port, "HTTP::SERVER", value);
      case "X-POWERED-BY" -> found(header, host, port, "HTTP::APPSERVER", value);
      case "MICROSOFTSHAREPOINTTEAMSERVICES" ->
          found(header, host, port, "HTTP::APPSERVER", "SharePoint/" + value);
      default -> {}
    }
  }

  private void onSshVersion(LogRecord greeting) {
    String value = greeting.textOrEmpty("value");
    if (greeting.isTrue("is_orig")) {
      found(
          greeting,
          greeting.textOrEmpty("id.orig_h"),
          LogSchema.UNSET,
          "SSH::CLIENT",
          CLIENT_PREFIX.matcher(value).replaceFirst(""));
    } else {
      found(
          greeting,
          greeting.textOrEmpty("id.resp_h"),
          greeting.number("id.resp_p"),
          "SSH::SERVER",
          SERVER_PREFIX.matcher(value).replaceFirst(""));
    }
  }

  private void onMail(LogRecord mail) {
    String agent = mail.text("user_agent");
    List<String> path = mail.texts("path");
    if (agent == null || path.isEmpty() || !site.isIn(mailTracked, mail.textOrEmpty("id.orig_h"))) {
      return;
    }
    found(mail, path.getLast(), LogSchema.UNSET, "SMTP::MAIL_CLIENT", agent);
  }

  private void found(LogRecord logged, String host, long port, String type, String unparsed) {
    if (!site.isIn(tracked, host)
        || repeats.isRepeated(host, unparsed, /* number= */ 0, logged.nowNs())) {
      return;
    }
    SoftwareVersion version = SoftwareVersion.parse(unparsed);
    String key = host + ' ' + version.name();
    Set<String> versions = known.get(key, logged.nowNs(), HashSet::new);
    if (!versions.add(unparsed)) {
      return;
    }
    if (versions.size() > VERSIONS_MAX) {
      versions.clear();
      versions.add(unparsed);
    }
    known.resized(key);
    log.write(new Row(logged.nowNs(), host, port, type, version, unparsed));
    for (Range range : vulnerable) {
      if (range.name().equals(version.name())
          && version.compareVersion(range.lowest()) >= 0
          && version.compareVersion(range.highest()) <= 0) {
        String text = version.name() + ' ' + version.version();
        notices.emit(
            Notice.of(VULNERABLE, host + " is running " + text + " which is vulnerable.")
                .source(host)
                .sub(text)
                .identifier(host, text));
      }
    }
  }

  @Override
  public long heldBytes() {
    return known.bytes();
  }

  @Override
  public long evicted() {
    return known.evicted();
  }
}
