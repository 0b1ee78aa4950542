/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.flow.UidSource;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes {@code files.log}. One thread. */
public final class FileRecorder implements Files, AutoCloseable {

  /** Silence after which a file that comes in ranges is given up, as Zeek does. */
  private static final long SILENCE_NS = TimeUnit.MINUTES.toNanos(2);

  /** Files in ranges at a time; the one that was silent longest makes room. */
  private static final int RANGED_MAX = 4_096;

  /** Heap that they take together, where nothing is said. */
  private static final long RANGED_BYTES_MAX = 4 << 20;

  private final FileOutputs outputs;
  private final @Nullable FileExtraction extraction;
  private final UidSource ids = new UidSource(new SecureRandom().nextLong());
  private final LineBuffer name = new LineBuffer(32);
  private final List<String> hashes;
  private final long rangedBytesMax;

  /** What files in ranges hold: they outlive the connections that carry them. */
  private final HeapAccount rangedAccount =
      new HeapAccount() {
        @Override
        public void take(long bytes) {
          rangedBytes += bytes;
        }

        @Override
        public void giveBack(long bytes) {
          rangedBytes -= bytes;
        }
      };

  private long rangedBytes;

  /** By name, the one that was silent longest first. */
  private final Map<String, RangedFile> ranged = new LinkedHashMap<>(16, 0.75f, true);

  /** Takes no hashes but those that a parser asks for. */
  public FileRecorder(LogSink sink) {
    this(sink, "", RANGED_BYTES_MAX, List.of(), FileWeirds.NONE, ExtractionSettings.NONE);
  }

  /**
   * @param hashes what is taken of every file: md5, sha1, sha256, separated by commas
   * @param rangedBytesMax heap that files in ranges may take together
   * @param analyzers of kinds of files
   * @throws io.podtap.core.config.SettingsException when there is no such hash, or the folder for
   *     files cannot be used
   */
  public FileRecorder(
      LogSink sink,
      String hashes,
      long rangedBytesMax,
      List<FileAnalyzer> analyzers,
      FileWeirds weirds,
      ExtractionSettings extracted) {
    this.rangedBytesMax = rangedBytesMax;
    this.hashes = FileHashes.parse(hashes);
    this.extraction = extracted.isOff() ? null : new FileExtraction(extracted);
    this.outputs =
        new FileOutputs(sink.open(FilesLog.schema()), List.copyOf(analyzers), weirds, extraction);
  }

  /** Returns what became of files that were to be kept. */
  public ExtractionCounts extracted() {
    return extraction == null ? ExtractionCounts.NONE : extraction.counts();
  }

  private String nextId() {
    name.truncate(0);
    return name.put('F').base62(ids.next(), ids.low()).toString();
  }

  @Override
  public FileStream begin(
      Session session, String source, boolean fromOriginator, int depth, String filename) {
    RecordedFile file =
        new RecordedFile(
            session,
            session.account(),
            session.flow(),
            outputs,
            nextId(),
            source,
            fromOriginator,
            depth,
            filename);
    hashes.forEach(file::analyzedBy);
    return file;
  }

  @Override
  public FileStream resume(
      Session session,
      String source,
      boolean fromOriginator,
      String wholeName,
      long offset,
      long totalBytes) {
    advance(session.nowNs());
    RangedFile file = ranged.get(wholeName);
    if (file == null || file.isComplete()) {
      if (file != null) {
        file.finish();
      } else {
        makeRoom();
      }
      file = new RangedFile(session, rangedAccount, outputs, nextId(), source, fromOriginator);
      file.grow(HeapSize.MAP_ENTRY + HeapSize.text(wholeName));
      ranged.put(wholeName, file);
    }
    if (totalBytes >= 0) {
      file.totalBytes(totalBytes);
    }
    return file.range(session, offset);
  }

  @Override
  public void weird(String name, String detail) {
    String id = nextId();
    outputs.weirds().note(name, detail.isEmpty() ? id : id + ": " + detail);
  }

  private void makeRoom() {
    Iterator<RangedFile> oldest = ranged.values().iterator();
    while (oldest.hasNext() && (ranged.size() >= RANGED_MAX || rangedBytes > rangedBytesMax)) {
      oldest.next().finish();
      oldest.remove();
    }
  }

  /** Gives up files in ranges that have been silent for long. */
  public void advance(long nowNs) {
    Iterator<RangedFile> files = ranged.values().iterator();
    while (files.hasNext()) {
      RangedFile file = files.next();
      if (nowNs - file.lastNs < SILENCE_NS) {
        return; // those behind it were touched later
      }
      file.finish();
      files.remove();
    }
  }

  /** Writes what is under way. */
  @Override
  public void close() {
    ranged.values().forEach(RangedFile::finish);
    ranged.clear();
  }
}
