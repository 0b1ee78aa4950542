/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.irc;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.FileStream;
import org.jspecify.annotations.Nullable;

/**
 * One announced connection of a client to another: what the responder sends is a file, what the
 * originator sends are counts of bytes received.
 */
final class DccProtocol implements StreamProtocol {

  private final IrcProtocol protocol;
  private final IrcRow announced;

  DccProtocol(IrcProtocol protocol, IrcRow announced) {
    this.protocol = protocol;
    this.announced = announced;
  }

  @Override
  public Service service() {
    return IrcProtocol.DATA;
  }

  @Override
  public StreamParser begin(Session session) {
    session.confirm(IrcProtocol.DATA);
    return new Parser(session);
  }

  private final class Parser implements StreamParser {

    private final Session session;
    private @Nullable FileStream file;
    private boolean written;

    Parser(Session session) {
      this.session = session;
    }

    @Override
    public void onData(boolean fromOriginator, Payload data) {
      if (fromOriginator) {
        return;
      }
      FileStream known = file;
      if (known != null) {
        known.data(data);
        if (!known.mimeType().isEmpty()) {
          write(known);
        }
        return;
      }
      String name = announced.fileName() == null ? "" : announced.fileName();
      FileStream begun =
          protocol.files.begin(session, "IRC_DATA", /* fromOriginator= */ false, 0, name);
      file = begun;
      begun.data(data);
      if (!begun.mimeType().isEmpty()) {
        write(begun);
      }
    }

    private void write(FileStream known) {
      if (!written) {
        written = true;
        protocol.log.write(announced.withFile(known.mimeType(), known.fuid()));
      }
    }

    @Override
    public void onGap(boolean fromOriginator, long length) {
      if (!fromOriginator && file != null) {
        file.gap(length);
      }
    }

    @Override
    public void onEnd(boolean fromOriginator) {
      if (!fromOriginator && file != null) {
        file.end();
        write(file);
      }
    }

    @Override
    public void onFlowEnd() {
      onEnd(/* fromOriginator= */ false);
    }
  }
}
