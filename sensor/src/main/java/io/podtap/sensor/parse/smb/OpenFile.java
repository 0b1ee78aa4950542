/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.files.FileStream;
import io.podtap.sensor.parse.files.Files;
import org.jspecify.annotations.Nullable;

/** A file that one connection has open: its name, its times, its content in order. One thread. */
final class OpenFile {

  /** Heap of one with its names, of 200 characters each. */
  static final long BYTES = 800;

  /** Seconds from 1601 to 1970. */
  private static final long EPOCH_S = 11_644_473_600L;

  private static final double TICKS_PER_SECOND = 10_000_000;

  private static final long NS_PER_MICROSECOND = 1_000;
  private static final double MICROSECONDS_MAX = 9e15;

  private final long timeNs;
  String action = "";
  private @Nullable String name;
  private @Nullable String previousName;
  @Nullable String path;
  private long size;

  /** Made, last read, last written, changed in any way; unset when the server does not know. */
  private final long[] timesNs = {
    LogSchema.UNSET, LogSchema.UNSET, LogSchema.UNSET, LogSchema.UNSET
  };

  private @Nullable String fuid;
  private @Nullable FileStream content;
  private long position;

  /**
   * @param timeNs when it was asked for
   */
  OpenFile(long timeNs) {
    this.timeNs = timeNs;
  }

  boolean hasName() {
    return name != null;
  }

  boolean hasTimes() {
    return timesNs[0] != LogSchema.UNSET;
  }

  void name(String asked) {
    name = asked;
  }

  void rename(String to) {
    previousName = name != null ? name : previousName;
    name = to;
  }

  /** Takes what the server tells when it opens the file: four times from {@code timesAt} on. */
  void opened(Payload response, int timesAt, long sizeBytes) {
    size = Math.max(0, sizeBytes);
    if (seconds(response.u64Little(timesAt + 16)) <= 0) {
      return; // a pipe
    }
    for (int i = 0; i < timesNs.length; i++) {
      double microseconds = Math.rint(seconds(response.u64Little(timesAt + 8 * i)) * 1e6);
      timesNs[i] = ((long) Math.clamp(microseconds, 0, MICROSECONDS_MAX)) * NS_PER_MICROSECOND;
    }
  }

  /** Returns seconds since 1970 as exactly as Zeek counts them: in binary fractions. */
  private static double seconds(long ticks) {
    return ticks / TICKS_PER_SECOND - EPOCH_S;
  }

  /** Returns what tells one record of it from another: the time of the last access does not. */
  String identity() {
    return action
        + '\n'
        + fuid
        + '\n'
        + name
        + '\n'
        + path
        + '\n'
        + size
        + '\n'
        + timesNs[2]
        + '\n'
        + timesNs[0]
        + '\n'
        + timesNs[3];
  }

  SmbFileRow row(Flow flow) {
    return new SmbFileRow(
        flow,
        timeNs,
        fuid,
        action,
        path,
        name,
        size,
        previousName,
        timesNs[2],
        timesNs[1],
        timesNs[0],
        timesNs[3]);
  }

  /** Takes content at {@code offset}; what was there before is not taken again. */
  void data(Files files, Session session, boolean written, long offset, Payload data) {
    String called = name;
    if (called == null && path == null) {
      return; // its opening was not seen: Zeek knows no such file
    }
    FileStream stream = content;
    if (stream == null) {
      stream = files.begin(session, "SMB", written, 0, called == null ? "" : called);
      content = stream;
      fuid = stream.fuid();
      position = 0;
      if (size > 0) {
        stream.totalBytes(size);
      }
    }
    if (offset > position) {
      stream.gap(offset - position);
      position = offset;
    }
    if (offset + data.length() > position) {
      data.skip((int) (position - offset));
      position += data.length();
      stream.data(data);
    }
  }

  /** Ends its content. */
  void close() {
    if (content != null) {
      content.end();
      content = null;
    }
  }
}
