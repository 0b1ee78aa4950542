package io.podtap.sensor.parse.files;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Account;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Holdings;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogStream;
import java.util.Arrays;

/** One file under way, written when it ends. One thread. */
class RecordedFile extends FileRow implements FileStream {

  private static final byte[] NOTHING = new byte[0];

  /** Heap of this object and of what it always has. */
  private static final long BYTES = 640;

  /** Heap of one hash under way, roughly. */
  private static final long HASH_BYTES = 400;

  private final LogStream<FileRow> log;
  private final Holdings held;
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
      Account account,
      Flow flow,
      LogStream<FileRow> log,
      String fuid,
      String source,
      boolean fromOriginator,
      int depth,
      String filename) {
    super(flow, fuid, source, fromOriginator, depth, filename);
    this.session = session;
    this.log = log;
    this.held = new Holdings(account);
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
    mime = mimeType;
    typeKnown = true;
    keepFirst(NOTHING);
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
    if (!typeKnown) {
      recognise(data);
    }
    hashes.add(data);
    seenBytes += data.length();
  }

  private void recognise(Payload data) {
    if (firstLength == 0 && data.length() >= MimeTypes.LOOK_BYTES) {
      mimeType(MimeTypes.of(new Payload().wrap(data, 0, MimeTypes.LOOK_BYTES)));
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
    missingBytes += length;
    if (!typeKnown) {
      recogniseFirst(); // what comes next is not what follows
    }
  }

  @Override
  public void end() {
    if (!ended) {
      ended = true;
      if (!typeKnown) {
        recogniseFirst();
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
    log.write(this);
  }

  final LogStream<FileRow> log() {
    return log;
  }

  final boolean isComplete() {
    return totalBytes != LogSchema.UNSET && seenBytes >= totalBytes;
  }
}
