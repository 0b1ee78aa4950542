/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Findings that are known and need no notice, from a file with one exception in a line: notice,
 * source, destination, until when, why, separated by blanks. A {@code *} stands for any, at the end
 * of a word for any ending; sources and destinations are networks, addresses or names of workloads;
 * the time is RFC 3339 or {@code *}. Lines that begin with {@code #} are comments.
 *
 * <p>The file is read again when it has changed; one that is invalid then is reported once and the
 * exceptions stay as they are. One thread.
 */
public final class NoticeExceptions {

  private static final long FILE_BYTES_MAX = 1 << 20;

  /** A file is looked at so often by the packets' time and not more, nanoseconds. */
  private static final long LOOK_NS = 5_000_000_000L;

  private record Exemption(
      String notice, Party source, Party destination, long untilNs, String why) {}

  /** One end: any, a network, or a name. */
  private record Party(String pattern, @Nullable Networks networks) {

    static Party of(String text) {
      try {
        return new Party(text, text.equals("*") ? null : new Networks(List.of(text)));
      } catch (SettingsException e) {
        return new Party(text, null); // a workload's name
      }
    }

    boolean matches(@Nullable String address, String name) {
      if (pattern.equals("*")) {
        return true;
      }
      return networks != null
          ? address != null && networks.contains(address)
          : NoticeExceptions.matches(pattern, name);
    }
  }

  private final @Nullable Path file;
  private List<Exemption> all = List.of();
  private long lastModified = Long.MIN_VALUE;
  private long nextLookNs = Long.MIN_VALUE;
  private volatile @Nullable String problem;

  /**
   * @param file null for no exceptions
   * @throws SettingsException when the file cannot be read or is invalid
   */
  public NoticeExceptions(@Nullable Path file) {
    this.file = file;
    if (file != null) {
      read(file);
    }
  }

  private void read(Path path) {
    try {
      lastModified = Files.getLastModifiedTime(path).toMillis();
      if (Files.size(path) > FILE_BYTES_MAX) {
        throw new SettingsException("notice exceptions " + path + " exceed 1 MiB");
      }
      List<Exemption> read = new ArrayList<>();
      int number = 0;
      for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
        number++;
        if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
          read.add(parse(path, number, line));
        }
      }
      all = List.copyOf(read);
    } catch (IOException e) {
      throw new SettingsException("notice exceptions " + path + " cannot be read: " + e, e);
    }
  }

  private static Exemption parse(Path path, int number, String line) {
    StringTokenizer words = new StringTokenizer(line, " \t");
    String where = path + ":" + number + ": ";
    if (words.countTokens() < 5) {
      throw new SettingsException(
          where + "an exception has five parts: notice, source, destination, until, why");
    }
    String notice = words.nextToken();
    Party source = Party.of(words.nextToken());
    Party destination = Party.of(words.nextToken());
    String until = words.nextToken();
    long untilNs = Long.MAX_VALUE;
    if (!until.equals("*")) {
      try {
        untilNs = Math.multiplyExact(Instant.parse(until).getEpochSecond(), 1_000_000_000L);
      } catch (DateTimeParseException | ArithmeticException e) {
        throw new SettingsException(where + "invalid time '" + until + "'", e);
      }
    }
    return new Exemption(notice, source, destination, untilNs, words.nextToken("").strip());
  }

  private static boolean matches(String pattern, String text) {
    return pattern.endsWith("*")
        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
        : pattern.equals(text);
  }

  /** Returns whether an exception covers a notice. */
  boolean covers(Notice notice) {
    for (int i = 0; i < all.size(); i++) {
      Exemption one = all.get(i);
      if (notice.timeNs < one.untilNs()
          && matches(one.notice(), notice.note)
          && one.source().matches(notice.source, notice.sourceName)
          && one.destination().matches(notice.destination, notice.destinationName)) {
        return true;
      }
    }
    return false;
  }

  /** Reads the file again when it has changed. */
  void advance(long nowNs) {
    if (file == null || nowNs < nextLookNs) {
      return;
    }
    nextLookNs = nowNs + LOOK_NS;
    try {
      if (Files.getLastModifiedTime(file).toMillis() != lastModified) {
        read(file);
        problem = null;
      }
    } catch (IOException | SettingsException e) {
      problem = e.getMessage();
    }
  }

  /** Returns why the file could not be read again, or null; the exceptions are the earlier ones. */
  public @Nullable String problem() {
    return problem;
  }
}
