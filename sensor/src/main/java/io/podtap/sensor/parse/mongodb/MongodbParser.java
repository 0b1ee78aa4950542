/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.requests.RequestCounts;

/**
 * Follows one connection to a MongoDB server. After a gap messages are found again by their
 * headers; answers only show that the other end speaks the protocol. One thread.
 */
final class MongodbParser implements StreamParser {

  /** Bytes of a message that are looked at. */
  private static final int HEAD_MAX = 512;

  /** Bytes of a connection that is joined in which a message must be found. */
  private static final long SOUGHT_MAX = 64 << 10;

  private final MongodbProtocol protocol;
  private final Session session;
  private final RequestCounts counts;
  private final Gather asked;
  private final Gather answered;
  private final Resynchronizer askedAgain;
  private final Resynchronizer answeredAgain;
  private long askedSkip;
  private long answeredSkip;
  private boolean hasAsked;
  private boolean confirmed;
  private boolean over;

  MongodbParser(MongodbProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.asked = new Gather(HEAD_MAX, session.account());
    this.answered = new Gather(MongodbHeaders.LENGTH, session.account());
    this.askedAgain =
        new Resynchronizer(MongodbHeaders::request, /* isTelling= */ true, session.account());
    this.answeredAgain =
        new Resynchronizer(MongodbHeaders::answer, /* isTelling= */ true, session.account());
    this.counts = protocol.requests.begin(session);
    if (session.flow().partial) {
      askedAgain.begin();
      answeredAgain.begin();
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Resynchronizer again = fromOriginator ? askedAgain : answeredAgain;
    Payload messages = data;
    if (again.beginSegment() && !over) {
      Payload found = again.find(data);
      if (found == null) {
        if (!confirmed && again.soughtBytes() > SOUGHT_MAX) {
          giveUp("no message");
        }
        return;
      }
      messages = found;
      if (fromOriginator) {
        counts.missed(again.takeSkippedBytes());
      }
    }
    while (!messages.isEmpty() && !over) {
      if (!skip(fromOriginator, messages)) {
        message(fromOriginator, messages);
      }
    }
  }

  private void message(boolean fromOriginator, Payload data) {
    Gather gather = fromOriginator ? asked : answered;
    Payload header = gather.peek(data, MongodbHeaders.LENGTH);
    if (header == null) {
      return;
    }
    int length = MongodbMessages.i32(header, 0);
    if (length < MongodbHeaders.LENGTH
        || length > MongodbHeaders.MESSAGE_MAX
        || !MongodbMessages.isKind(header, 0)) {
      giveUp("invalid message");
      return;
    }
    int head = fromOriginator ? Math.min(length, HEAD_MAX) : MongodbHeaders.LENGTH;
    Payload message = gather.take(data, head);
    if (message == null) {
      return;
    }
    if (fromOriginator) {
      askedSkip = (long) length - head;
      request(message);
    } else {
      answeredSkip = (long) length - head;
      answer(message);
    }
  }

  private void request(Payload message) {
    Payload opened = null;
    if (MongodbMessages.i32(message, 12) == MongodbMessages.OP_COMPRESSED) {
      opened = protocol.compressed.open(message);
    }
    hasAsked = true;
    Payload read = opened == null ? message : opened;
    String kind = MongodbMessages.kind(read);
    counts.add(kind);
    int document = MongodbMessages.document(read);
    if (document > 0 && (kind.equals("hello") || kind.equalsIgnoreCase("isMaster"))) {
      counts.client(ClientName.read(read, document));
    }
  }

  private void giveUp(String reason) {
    over = true;
    session.violation(reason);
  }

  private boolean skip(boolean fromOriginator, Payload data) {
    long left = fromOriginator ? askedSkip : answeredSkip;
    int skipped = (int) Math.min(left, data.length());
    data.skip(skipped);
    forward(fromOriginator, skipped);
    return skipped > 0;
  }

  private void forward(boolean fromOriginator, long length) {
    if (fromOriginator) {
      askedSkip -= length;
    } else {
      answeredSkip -= length;
    }
  }

  private void answer(Payload header) {
    if (!confirmed && hasAsked && MongodbMessages.isAnswer(header)) {
      confirmed = true;
      session.confirm(MongodbProtocol.SERVICE);
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (over) {
      return;
    }
    Resynchronizer again = fromOriginator ? askedAgain : answeredAgain;
    Payload begun = asked.waiting();
    if (fromOriginator && begun.length() >= MongodbHeaders.LENGTH) {
      askedSkip = (long) MongodbMessages.i32(begun, 0) - begun.length();
      request(begun); // what it asks for stands at its beginning, most often
      asked.clear();
    }
    long left = fromOriginator ? askedSkip : answeredSkip;
    if (!again.isSeeking() && length <= left) {
      forward(fromOriginator, length);
      return;
    }
    forward(fromOriginator, left);
    if (fromOriginator) {
      counts.missed(length - left + asked.held());
    }
    (fromOriginator ? asked : answered).clear();
    again.begin();
  }

  @Override
  public void onFlowEnd() {
    if (confirmed) {
      if (askedAgain.isSeeking()) {
        counts.missed(askedAgain.takeSkippedBytes());
      }
      protocol.requests.write(counts, "mongodb");
    }
  }
}
