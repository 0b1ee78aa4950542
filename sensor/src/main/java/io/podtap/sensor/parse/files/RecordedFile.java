/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One file under way, written when it ends. One thread. */
class RecordedFile extends FileRow implements FileStream, AnalyzedFile {

  private static final byte[] NOTHING = new byte[0];

  /** Heap of this object and of what it always has. */
  private static final long BYTES = 640;

  /** Heap of one hash under way, roughly. */
  private static final long HASH_BYTES = 400;

  private final FileOutputs outputs;
  private final HeapAccount account;
  private final HeldHeap held;

  /** Who reads the content, from the moment at which its kind is known; null for nobody. */
  private @Nullable FileReader reader;

  private FileExtraction.@Nullable Copy copy;

  /** Where in the file the next byte stands that is handed on. */
  private long nextOffset;

  private boolean isReaderDone;
  private boolean isCopyDone;
  private Session session;
  private boolean ended;
  private boolean typeKnown;
  private byte[] first = NOTHING;
  private int firstLength;

  /**
   * @param account to which what is held counts until {@link #end}
   */
  RecordedFile(
      Session session,
      HeapAccount account,
      Flow flow,
      FileOutputs outputs,
      String fuid,
      String source,
      boolean fromOriginator,
      int depth,
      String filename) {
    super(flow, fuid, source, fromOriginator, depth, filename);
    this.session = session;
    this.outputs = outputs;
    this.account = account;
    this.held = new HeldHeap(account);
    held.set(BYTES + HeapSize.text(filename));
    startNs = session.nowNs();
    lastNs = startNs;
  }

  /** Goes on at the hand of another connection. */
  final void session(Session next) {
    session = next;
  }

  @Override
  public final String fuid() {
    return fuid;
  }

  @Override
  public final void mimeType(String mimeType) {
    know(mimeType);
    byte[] before = first;
    int count = firstLength;
    keepFirst(NOTHING);
    if (count > 0) {
      read(new Payload(before, 0, count));
    }
  }

  private void know(String mimeType) {
    mime = mimeType;
    if (typeKnown) {
      return;
    }
    typeKnown = true;
    FileAnalyzer analyzer = outputs.analyzerOf(mimeType);
    if (analyzer != null && missingBytes == 0) {
      analyzers.add(analyzer.name());
      reader = analyzer.begin(this, account);
    }
    FileExtraction extraction = outputs.extraction();
    if (extraction != null && extraction.takes(mimeType)) {
      analyzers.add(FileExtraction.NAME);
      copy = extraction.begin(this, session.nowNs());
    }
  }

  /**
   * Takes bytes that stand at {@code offset}, which need not be behind those before. What kind of
   * file it is waits for its beginning, unless it is to be kept.
   */
  final void data(long offset, Payload data) {
    boolean inOrder = offset == nextOffset;
    nextOffset = offset + data.length();
    if (!inOrder) {
      isReaderDone = true; // it reads in order
      hashes.giveUp();
      if (!typeKnown && outputs.extraction() != null) {
        recogniseFirst();
      }
      if (copy != null) {
        copy.seek(offset);
      }
    }
    if (typeKnown || offset == firstLength) {
      data(data);
    } else {
      lastNs = session.nowNs();
      seenBytes += data.length();
    }
  }

  /** Hands bytes to who reads the content. */
  private void read(Payload data) {
    if (reader != null && !isReaderDone) {
      isReaderDone = !reader.data(new Payload().wrap(data, 0, data.length()));
    }
    if (copy != null && !isCopyDone) {
      isCopyDone = !copy.data(data);
    }
  }

  @Override
  public final long startNs() {
    return startNs;
  }

  @Override
  public final void weird(String name, String detail) {
    outputs.weirds().note(name, detail.isEmpty() ? fuid : fuid + ": " + detail);
  }

  @Override
  public final String mimeType() {
    return mime;
  }

  @Override
  public final void totalBytes(long length) {
    totalBytes = length;
  }

  @Override
  public final void analyzedBy(String analyzer) {
    if (seenBytes == 0) {
      hashes.begin(analyzer);
      held.grow(HASH_BYTES);
    }
    analyzers.add(analyzer);
  }

  @Override
  public void data(Payload data) {
    lastNs = session.nowNs();
    hashes.add(data);
    seenBytes += data.length();
    if (typeKnown) {
      read(data);
    } else {
      recognise(data);
    }
  }

  private void recognise(Payload data) {
    if (firstLength == 0 && data.length() >= MimeTypes.LOOK_BYTES) {
      mimeType(MimeTypes.of(new Payload().wrap(data, 0, MimeTypes.LOOK_BYTES)));
      read(data);
      return;
    }
    int count = Math.min(data.length(), MimeTypes.LOOK_BYTES - firstLength);
    if (firstLength + count > first.length) {
      keepFirst(Arrays.copyOf(first, firstLength == 0 ? count : MimeTypes.LOOK_BYTES));
    }
    data.copyTo(0, first, firstLength, count);
    firstLength += count;
    if (firstLength == MimeTypes.LOOK_BYTES) {
      recogniseFirst();
      if (count < data.length()) {
        read(new Payload().wrap(data, count, data.length() - count));
      }
    }
  }

  private void keepFirst(byte[] bytes) {
    held.grow((long) bytes.length - first.length);
    first = bytes;
  }

  private void recogniseFirst() {
    mimeType(MimeTypes.of(new Payload(first, 0, firstLength)));
  }

  @Override
  public void gap(long length) {
    if (!typeKnown) {
      recogniseFirst(); // what comes next is not what follows
    }
    missingBytes += length;
    skip(length);
  }

  /** Says to who reads the content that bytes are missing in front of the next ones. */
  private void skip(long length) {
    if (reader != null && !isReaderDone) {
      isReaderDone = !reader.gap(length);
    }
    if (copy != null && !isCopyDone) {
      isCopyDone = !copy.gap(length);
    }
  }

  @Override
  public void end() {
    if (!ended) {
      ended = true;
      if (!typeKnown) {
        recogniseFirst();
      }
      if (reader != null) {
        reader.end();
      }
      if (copy != null) {
        copy.end();
      }
      write();
      held.clear();
    }
  }

  /** Accounts for more that this holds. */
  final void grow(long bytes) {
    held.grow(bytes);
  }

  void write() {
    outputs.log().write(this);
  }

  final boolean isComplete() {
    return totalBytes != LogSchema.UNSET && seenBytes >= totalBytes;
  }
}
