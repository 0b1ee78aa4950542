/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kafka;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.requests.RequestCounts;
import io.podtap.sensor.parse.requests.Requests;

/**
 * Follows one connection to a broker. After a gap requests are found again by their headers;
 * responses, which only show that the other end speaks the protocol, by their correlation ids. One
 * thread.
 */
final class KafkaParser implements StreamParser {

  /** Size and correlation id. */
  private static final int RESPONSE_HEADER = 8;

  private static final int KIND_MAX = 255;
  private static final int VERSION_MAX = 63;
  private static final int SASL_HANDSHAKE = 17;

  /** Bytes of a connection that is joined in which a request must be found. */
  private static final long SOUGHT_MAX = 64 << 10;

  private final Requests requests;
  private final Session session;
  private final RequestCounts counts;
  private final Gather asked;
  private final Gather answered;
  private final Resynchronizer askedAgain;
  private long askedSkip;
  private long answeredSkip;
  private int firstCorrelation;
  private int lastCorrelation;
  private boolean hasAsked;
  private boolean confirmed;

  /** Whether responses are not followed: only where a segment begins may one be recognised. */
  private boolean answersLost;

  /** Whether tokens without headers may follow. */
  private boolean tokens;

  private boolean over;

  KafkaParser(Requests requests, Session session) {
    this.requests = requests;
    this.session = session;
    this.asked = new Gather(KafkaHeaders.REQUEST + KafkaHeaders.CLIENT_MAX, session.account());
    this.answered = new Gather(RESPONSE_HEADER, session.account());
    this.askedAgain =
        new Resynchronizer(KafkaHeaders::request, /* isTelling= */ true, session.account());
    this.counts = requests.begin(session);
    if (session.flow().partial) {
      askedAgain.begin();
      answersLost = true;
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (over) {
      return;
    }
    if (!fromOriginator) {
      responses(data);
    } else if (askedAgain.beginSegment()) {
      seek(data);
    } else {
      requests(data);
    }
  }

  private void seek(Payload data) {
    Payload found = askedAgain.find(data);
    if (found != null) {
      noteSkipped();
      tokens = false;
      requests(found);
    } else if (!confirmed && askedAgain.soughtBytes() > SOUGHT_MAX) {
      giveUp("no request");
    }
  }

  private void noteSkipped() {
    long skipped = askedAgain.takeSkippedBytes();
    if (!tokens && skipped > 0) {
      counts.missed(skipped);
    }
  }

  private void requests(Payload data) {
    while (!data.isEmpty() && !over) {
      if (askedAgain.isSeeking()) {
        seek(data);
      } else {
        request(data);
      }
    }
  }

  private void request(Payload data) {
    if (askedSkip > 0) {
      int skipped = (int) Math.min(askedSkip, data.length());
      data.skip(skipped);
      askedSkip -= skipped;
      return;
    }
    Payload header = asked.peek(data, KafkaHeaders.REQUEST);
    if (header == null) {
      return;
    }
    long size = header.u32(0);
    int clientLength = header.u16(12) == KafkaHeaders.NO_CLIENT ? 0 : header.u16(12);
    boolean plausible =
        size >= KafkaHeaders.REQUEST - KafkaHeaders.SIZE_FIELD + clientLength
            && size <= KafkaHeaders.MESSAGE_MAX
            && clientLength <= KafkaHeaders.CLIENT_MAX
            && header.u16(4) <= KIND_MAX
            && header.u16(6) <= VERSION_MAX;
    if (!plausible) {
      giveUp("invalid request");
      return;
    }
    Payload whole = asked.take(data, KafkaHeaders.REQUEST + clientLength);
    if (whole != null) {
      askedSkip = size + KafkaHeaders.SIZE_FIELD - whole.length();
      count(whole, clientLength);
    }
  }

  private void count(Payload request, int clientLength) {
    int kind = request.u16(4);
    lastCorrelation = (int) request.u32(8);
    if (!hasAsked) {
      firstCorrelation = lastCorrelation;
      hasAsked = true;
    }
    counts.add(KafkaKinds.name(kind));
    counts.client(request.text(KafkaHeaders.REQUEST, clientLength));
    if (kind == SASL_HANDSHAKE && request.u16(6) == 0) {
      tokens = true; // they have a size and no header; what has one comes behind them
      askedSkip = 0;
      askedAgain.begin();
      answersLost = true;
    }
  }

  private void responses(Payload data) {
    if (answersLost && confirmed) {
      return;
    }
    if (answersLost) {
      if (isExpected((int) data.u32(4)) && isSize(data.u32(0))) {
        confirm();
      }
      return;
    }
    while (!data.isEmpty() && !over) {
      response(data);
    }
  }

  private void response(Payload data) {
    if (answeredSkip > 0) {
      int skipped = (int) Math.min(answeredSkip, data.length());
      data.skip(skipped);
      answeredSkip -= skipped;
      return;
    }
    Payload header = answered.take(data, RESPONSE_HEADER);
    if (header == null) {
      return;
    }
    long size = header.u32(0);
    if (!isSize(size) || !(isExpected((int) header.u32(4)) || confirmed)) {
      giveUp("invalid response");
      return;
    }
    answeredSkip = size + KafkaHeaders.SIZE_FIELD - RESPONSE_HEADER;
    confirm();
  }

  private static boolean isSize(long size) {
    return size >= RESPONSE_HEADER - KafkaHeaders.SIZE_FIELD && size <= KafkaHeaders.MESSAGE_MAX;
  }

  private boolean isExpected(int correlation) {
    return hasAsked && correlation - firstCorrelation >= 0 && lastCorrelation - correlation >= 0;
  }

  private void confirm() {
    if (!confirmed) {
      confirmed = true;
      session.confirm(KafkaProtocol.SERVICE);
    }
  }

  private void giveUp(String reason) {
    over = true;
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (over) {
      return;
    }
    if (!fromOriginator) {
      if (!answersLost && length <= answeredSkip) {
        answeredSkip -= length;
      } else {
        answersLost = true;
      }
      return;
    }
    Payload begun = asked.waiting();
    if (begun.length() >= KafkaHeaders.REQUEST) { // cut off in the client's name
      askedSkip = begun.u32(0) + KafkaHeaders.SIZE_FIELD - begun.length();
      count(begun, 0);
      asked.clear();
    }
    if (!askedAgain.isSeeking() && length <= askedSkip) {
      askedSkip -= length;
    } else {
      counts.missed(length - askedSkip + asked.held());
      askedSkip = 0;
      asked.clear();
      askedAgain.begin();
      answersLost |= !hasAsked; // the next one answers what was not seen
    }
  }

  @Override
  public void onFlowEnd() {
    if (confirmed) {
      noteSkipped();
      requests.write(counts, "kafka");
    }
  }
}
