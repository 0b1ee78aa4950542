package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogStream;

/** One file under way, written when it ends. One thread. */
final class RecordedFile extends FileRow implements FileStream {

  private final Session session;
  private final LogStream<FileRow> log;
  private boolean ended;

  RecordedFile(
      Session session,
      LogStream<FileRow> log,
      String fuid,
      String source,
      boolean fromOriginator,
      int depth,
      String filename) {
    super(session.flow(), fuid, source, fromOriginator, depth, filename);
    this.session = session;
    this.log = log;
    startNs = session.nowNs();
    lastNs = startNs;
  }

  @Override
  public String fuid() {
    return fuid;
  }

  @Override
  public void mimeType(String mimeType) {
    mime = mimeType;
  }

  @Override
  public String mimeType() {
    return mime;
  }

  @Override
  public void totalBytes(long length) {
    totalBytes = length;
  }

  @Override
  public void analyzedBy(String analyzer) {
    if (seenBytes == 0) {
      hashes.begin(analyzer);
    }
    analyzers.add(analyzer);
  }

  @Override
  public void data(Payload data) {
    lastNs = session.nowNs();
    hashes.add(data);
    seenBytes += data.length();
  }

  @Override
  public void gap(long length) {
    missingBytes += length;
  }

  @Override
  public void end() {
    if (!ended) {
      ended = true;
      log.write(this);
    }
  }
}
