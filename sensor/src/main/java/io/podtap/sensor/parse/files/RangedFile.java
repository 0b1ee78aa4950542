/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.ArrayList;
import java.util.List;

/**
 * A file that comes in ranges. What lies between the ranges counts as missing until it comes; every
 * connection that carried some of it gets a record. One thread.
 */
final class RangedFile extends RecordedFile {

  private static final int FLOWS_MAX = 64;

  /** Heap of the copy of a flow that has no more than its name and its ends. */
  private static final long FLOW_BYTES = 512;

  private final List<Flow> flows = new ArrayList<>(1);
  private long endOffset;

  RangedFile(
      Session session,
      HeapAccount account,
      FileOutputs outputs,
      String fuid,
      String source,
      boolean fromOriginator) {
    super(
        session,
        account,
        session.flow().identity(),
        outputs,
        fuid,
        source,
        fromOriginator,
        /* depth= */ 0,
        /* filename= */ "");
  }

  /** Begins one range, which may come at the same time as others. */
  FileStream range(Session session, long offset) {
    Flow carrier = session.flow();
    boolean known = false;
    for (Flow other : flows) {
      known |= other.uidLow() == carrier.uidLow() && other.uidHigh() == carrier.uidHigh();
    }
    if (!known && flows.size() < FLOWS_MAX) {
      flows.add(carrier.identity());
      grow(FLOW_BYTES);
    }
    return new Range(session, offset);
  }

  /** One range under way. */
  private final class Range implements FileStream {

    private final Session session;
    private long offset;

    Range(Session session, long offset) {
      this.session = session;
      this.offset = offset;
    }

    @Override
    public String fuid() {
      return RangedFile.this.fuid();
    }

    @Override
    public void mimeType(String mimeType) {
      RangedFile.this.mimeType(mimeType);
    }

    @Override
    public String mimeType() {
      return RangedFile.this.mimeType();
    }

    @Override
    public void totalBytes(long length) {
      RangedFile.this.totalBytes(length);
    }

    @Override
    public void analyzedBy(String analyzer) {
      RangedFile.this.analyzedBy(analyzer);
    }

    @Override
    public void data(Payload data) {
      session(session);
      RangedFile.this.data(offset, data);
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

    @Override
    public void end() {} // other ranges may come
  }

  /** Writes the records: it is complete, or given up. */
  void finish() {
    timedOut = !isComplete();
    end();
  }

  @Override
  void write() {
    for (Flow carrier : flows) {
      flow = carrier;
      super.write();
    }
  }
}
