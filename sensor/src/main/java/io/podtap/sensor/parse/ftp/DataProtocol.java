/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.FileStream;
import io.podtap.sensor.parse.files.Files;
import org.jspecify.annotations.Nullable;

/** One expected data connection: what either end sends is a file. */
final class DataProtocol implements StreamProtocol {

  private final Files files;
  private final Transfer transfer;

  DataProtocol(Files files, Transfer transfer) {
    this.files = files;
    this.transfer = transfer;
  }

  @Override
  public Service service() {
    return FtpProtocol.DATA;
  }

  @Override
  public StreamParser begin(Session session) {
    session.confirm(FtpProtocol.DATA);
    return new Parser(session);
  }

  private final class Parser implements StreamParser {

    private final Session session;
    private @Nullable FileStream sent;
    private @Nullable FileStream received;

    Parser(Session session) {
      this.session = session;
    }

    @Override
    public void onData(boolean fromOriginator, Payload data) {
      FileStream file = file(fromOriginator);
      file.data(data);
      transfer.typed(file);
    }

    private FileStream file(boolean fromOriginator) {
      FileStream known = fromOriginator ? sent : received;
      if (known == null) {
        known = files.begin(session, "FTP_DATA", fromOriginator, 0, "");
        transfer.begun(known);
        if (fromOriginator) {
          sent = known;
        } else {
          received = known;
        }
      }
      return known;
    }

    @Override
    public void onGap(boolean fromOriginator, long length) {
      file(fromOriginator).gap(length);
    }

    /** Files end when the connection is forgotten, as in Zeek, and small ones are named then. */
    @Override
    public void onFlowEnd() {
      end(sent);
      end(received);
    }

    private void end(@Nullable FileStream file) {
      if (file != null) {
        file.end();
        transfer.typed(file);
      }
    }
  }
}
