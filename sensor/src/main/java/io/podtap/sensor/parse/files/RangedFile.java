package io.podtap.sensor.parse.files;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A file that comes in ranges. What lies between the ranges counts as missing until it comes; every
 * connection that carried some of it gets a record. One thread.
 */
final class RangedFile extends RecordedFile {

  private static final int FLOWS_MAX = 64;

  private final List<Flow> flows = new ArrayList<>(1);
  private long offset;
  private long endOffset;

  RangedFile(
      Session session, LogStream<FileRow> log, String fuid, String source, boolean fromOriginator) {
    super(
        session,
        session.flow().identity(),
        log,
        fuid,
        source,
        fromOriginator,
        /* depth= */ 0,
        /* filename= */ "");
  }

  void resume(Session session, long at) {
    session(session);
    offset = at;
    if (at != 0 && seenBytes == 0) {
      mimeType(""); // its beginning may never come
    }
    Flow flow = session.flow();
    for (Flow known : flows) {
      if (known.uidLow() == flow.uidLow() && known.uidHigh() == flow.uidHigh()) {
        return;
      }
    }
    if (flows.size() < FLOWS_MAX) {
      flows.add(flow.identity());
    }
  }

  @Override
  public void data(Payload data) {
    super.data(data);
    move(data.length());
  }

  @Override
  public void gap(long length) {
    move(length);
  }

  private void move(long length) {
    offset += length;
    endOffset = Math.max(endOffset, offset);
    missingBytes = Math.max(0, endOffset - seenBytes);
  }

  /** One range has ended; others may come. */
  @Override
  public void end() {}

  /** Writes the records: it is complete, or given up. */
  void finish() {
    timedOut = !isComplete();
    super.end();
  }

  @Override
  void write() {
    for (Flow carrier : flows) {
      flow = carrier;
      super.write();
    }
  }
}
