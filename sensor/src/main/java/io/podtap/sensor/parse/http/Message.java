/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.files.FileStream;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.parse.http.content.ContentSink;
import io.podtap.sensor.parse.http.content.DecodedSink;
import io.podtap.sensor.parse.http.content.Inflaters;
import org.jspecify.annotations.Nullable;

/**
 * The content of one request or answer on its way to what it is: decompressed, taken apart, a file.
 * One thread.
 */
final class Message implements ContentSink {

  /** Heap of this object and of what it leads to but does not account for itself. */
  private static final long BYTES = 256;

  private final Session session;
  private final Files files;
  private final HttpTransaction transaction;
  private final boolean ofRequest;
  private final ContentSink sink;
  private long contentLength;
  private final HeldHeap held;
  private boolean isComplete;
  private boolean isLengthLost;
  private final boolean isCoded;
  private @Nullable LineCount lines;

  /**
   * @param totalBytes the content's length as the head says, or -1
   * @param inflaters what {@link DecodedSink} works with
   */
  Message(
      Session session,
      Files files,
      HttpTransaction transaction,
      boolean ofRequest,
      HeaderFields headers,
      long totalBytes,
      Inflaters inflaters) {
    this.session = session;
    this.files = files;
    this.transaction = transaction;
    this.ofRequest = ofRequest;
    this.held = new HeldHeap(session.account());
    held.set(BYTES);
    boolean gzip = headers.mentions(HttpHeader.CONTENT_ENCODING, "gzip");
    boolean coded = gzip || headers.mentions(HttpHeader.CONTENT_ENCODING, "deflate");
    isCoded = coded;
    String boundary = headers.boundary();
    ContentSink content;
    if (Multipart.isMessage(headers)) {
      content = new Multipart(this);
    } else if (boundary.isEmpty()) {
      content = new FileSink(this, headers, coded ? -1 : totalBytes);
    } else {
      content = new Multipart(this, boundary);
    }
    Counter counter = new Counter(content);
    sink = coded ? new DecodedSink(session, counter, gzip, inflaters) : counter;
  }

  /** Counts what comes out of the decompression. */
  private final class Counter implements ContentSink {

    private final ContentSink target;

    Counter(ContentSink target) {
      this.target = target;
    }

    @Override
    public void data(Payload data) {
      contentLength += data.length() + (lines == null ? 0 : lines.added(data));
      target.data(data);
    }

    @Override
    public void gap(long length) {
      contentLength += length;
      target.gap(length);
    }

    @Override
    public void end() {
      target.end();
    }
  }

  /** Says that only the end of the connection tells the length: it is counted by lines. */
  void countLines() {
    if (!isCoded) {
      lines = new LineCount();
    }
  }

  /** Says that the end of the connection ends the last line. */
  void endLine() {
    if (lines != null) {
      contentLength += lines.addedAtEnd();
      lines = null;
    }
  }

  /** Returns which part of a file the content is, or null when it is a whole one. */
  @Nullable ContentRange range(HeaderFields headers) {
    return ofRequest ? null : ContentRange.of(session, transaction, headers);
  }

  FileStream beginFile(String filename, @Nullable ContentRange range) {
    boolean isPart = range != null && range.isUsable();
    FileStream file =
        isPart && range != null
            ? files.resume(
                session, "HTTP", ofRequest, range.name(), range.first(), range.totalBytes())
            : files.begin(session, "HTTP", ofRequest, 0, filename);
    if (range != null && !isPart) {
      file.mimeType(""); // nobody knows which part of it this is
    }
    transaction.addFile(ofRequest, file, filename);
    return file;
  }

  HeapAccount account() {
    return session.account();
  }

  /** Notes that as much has come as the head says. */
  void complete() {
    isComplete = true;
  }

  /** Returns whether the content ends because it is as long as the head says. */
  boolean isComplete() {
    return isComplete;
  }

  /** Counts a line end that is not there, as Zeek does. */
  void countLineEnd() {
    contentLength += 2;
  }

  void weird(String name, String detail) {
    session.weird(name, detail);
  }

  void weird(String name, String detail, String source) {
    session.weird(name, detail, source);
  }

  @Override
  public void data(Payload data) {
    sink.data(data);
  }

  @Override
  public void gap(long length) {
    isLengthLost |= lines != null; // how many lines there were is not known
    sink.gap(length);
  }

  /** Says that content is missing, nobody knows how much. */
  void loseLength() {
    isLengthLost = true;
  }

  @Override
  public void end() {
    sink.end();
    held.clear();
    if (isLengthLost) {
      transaction.loseLength(ofRequest);
      return;
    }
    if (ofRequest) {
      transaction.requestBodyLength = contentLength;
    } else {
      transaction.responseBodyLength = contentLength;
    }
  }
}
