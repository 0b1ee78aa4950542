package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.requests.RequestCounts;
import io.podtap.sensor.parse.requests.Requests;

/** Follows one connection to a MongoDB server. One thread. */
final class MongodbParser implements StreamParser {

  private static final int HEADER = 16;

  /** Bytes of a message that are looked at. */
  private static final int HEAD_MAX = 256;

  /** A document of 16 MiB, and as many in one message as the protocol's own limit has. */
  private static final int MESSAGE_MAX = 64 << 20;

  private final Requests requests;
  private final Session session;
  private final RequestCounts counts;
  private final Gather asked;
  private final Gather answered;
  private long askedSkip;
  private long answeredSkip;
  private boolean hasAsked;
  private boolean confirmed;
  private boolean over;

  MongodbParser(Requests requests, Session session) {
    this.requests = requests;
    this.session = session;
    this.asked = new Gather(HEAD_MAX, session.account());
    this.answered = new Gather(HEADER, session.account());
    this.counts = requests.begin(session);
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    while (!data.isEmpty() && !over) {
      if (skip(fromOriginator, data)) {
        continue;
      }
      Gather gather = fromOriginator ? asked : answered;
      Payload header = gather.peek(data, HEADER);
      if (header == null) {
        return;
      }
      int length = Messages.i32(header, 0);
      if (length < HEADER || length > MESSAGE_MAX || !Messages.isKind(header)) {
        over = true;
        session.violation("message that is none");
        return;
      }
      int head = fromOriginator ? Math.min(length, HEAD_MAX) : HEADER;
      Payload message = gather.take(data, head);
      if (message == null) {
        return;
      }
      if (fromOriginator) {
        askedSkip = (long) length - head;
        hasAsked = true;
        counts.add(Messages.kind(message));
      } else {
        answeredSkip = (long) length - head;
        answer(message);
      }
    }
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
    if (!confirmed && hasAsked && Messages.isAnswer(header)) {
      confirmed = true;
      session.confirm(Service.MONGODB);
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (length <= (fromOriginator ? askedSkip : answeredSkip)) {
      forward(fromOriginator, length);
    } else {
      over = true; // messages have no mark to begin at again
    }
  }

  @Override
  public void onFlowEnd() {
    if (confirmed) {
      requests.write(counts, "mongodb");
    }
  }
}
