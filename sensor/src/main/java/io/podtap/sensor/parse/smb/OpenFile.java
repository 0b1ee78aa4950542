package io.podtap.sensor.parse.smb;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.files.FileStream;
import io.podtap.sensor.parse.files.Files;
import org.jspecify.annotations.Nullable;

/** A file that one connection has open: its name, its times, its content in order. One thread. */
final class OpenFile {

  /** Seconds from 1601 to 1970. */
  private static final long EPOCH_S = 11_644_473_600L;

  final @Nullable SmbMappingRow share;
  private final long timeNs;
  private String name;
  private @Nullable String previousName;
  private final long size;
  private final long[] timesNs = new long[4];
  private @Nullable FileStream content;
  private long position;

  /** Makes it of the answer that opened it. */
  OpenFile(@Nullable SmbMappingRow share, long timeNs, String name, Payload answer) {
    this.share = share;
    this.timeNs = timeNs;
    this.name = name;
    this.size = Smb2.u64(answer, 112);
    for (int i = 0; i < timesNs.length; i++) {
      timesNs[i] = nanoseconds(Smb2.u64(answer, 72 + 8 * i));
    }
  }

  private static long nanoseconds(long fileTime) {
    long seconds = fileTime / 10_000_000 - EPOCH_S;
    return Math.clamp(seconds, 0, Long.MAX_VALUE / 1_000_000_000 - 1) * 1_000_000_000
        + fileTime % 10_000_000 * 100;
  }

  /** Returns the heap that its names take. */
  long textBytes() {
    return HeapSize.text(name) + HeapSize.text(previousName);
  }

  void rename(String to) {
    previousName = name;
    name = to;
  }

  SmbFileRow row(Flow flow, String action) {
    return new SmbFileRow(
        flow,
        timeNs,
        content == null ? null : content.fuid(),
        action,
        share == null ? null : share.path(),
        name.isEmpty() ? "<share_root>" : name,
        Math.max(0, size),
        previousName,
        timesNs[2],
        timesNs[1],
        timesNs[0],
        timesNs[3]);
  }

  /** Takes content at {@code offset}; what was there before is not taken again. */
  void data(Files files, Session session, boolean written, long offset, Payload data) {
    FileStream stream = content;
    if (stream == null) {
      stream = files.begin(session, "SMB", written, 0, name);
      content = stream;
      if (!written && size > 0) {
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

  /** Ends it. */
  void close() {
    if (content != null) {
      content.end();
      content = null;
    }
  }
}
