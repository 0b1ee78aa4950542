/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.MemorySink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is told what, with protocols made for the purpose. */
class DispatcherTest {

  private static final Service SSH = Service.named("ssh");
  private static final Service SMTP = Service.named("smtp");
  private static final Service FTP = Service.named("ftp");

  /** What the parsers of all protocols here heard, in order. */
  private final List<String> heard = new ArrayList<>();

  /** What a parser does with the next bytes. */
  private interface Reaction {
    void onData(Session session, boolean fromOriginator, String text);
  }

  private StreamProtocol protocol(Service service, Reaction reaction) {
    return new StreamProtocol() {
      @Override
      public Service service() {
        return service;
      }

      @Override
      public StreamParser begin(Session session) {
        return new StreamParser() {
          @Override
          public void onData(boolean fromOriginator, Payload data) {
            String text = data.text(0, data.length());
            data.skip(data.length());
            heard.add(service + (fromOriginator ? " > " : " < ") + text);
            reaction.onData(session, fromOriginator, text);
          }

          @Override
          public void onGap(boolean fromOriginator, long length) {
            heard.add(service + " gap " + length);
          }

          @Override
          public void onFlowEnd() {
            heard.add(service + " over");
          }
        };
      }
    };
  }

  private static void nothing(Session session, boolean fromOriginator, String text) {}

  private static void confirmAnswer(Session session, boolean fromOriginator, String text) {
    if (!fromOriginator) {
      session.confirm(SMTP);
    }
  }

  @Test
  void tellsAProtocolThatIsFoundByTheAnswerWhatTheClientSaidBefore() {
    StreamScript script = StreamScript.tcp(9_999, 100).with(protocol(SSH, DispatcherTest::nothing));
    script.client("what").gap(true, 7).client("ever").server("SSH-2.0-x\r\n").finish();

    assertThat(heard)
        .containsExactly(
            "SSH > what", "SSH gap 7", "SSH > ever", "SSH < SSH-2.0-x\r\n", "SSH over");
  }

  @Test
  void keepsTheOneThatIsSureOfSeveral() {
    StreamScript script =
        StreamScript.tcp(9_999, 100)
            .with(protocol(FTP, DispatcherTest::nothing))
            .with(protocol(SMTP, DispatcherTest::confirmAnswer));
    script.server("220 ready\r\n").client("EHLO a\r\n").finish();

    assertThat(heard)
        .containsExactly(
            "FTP < 220 ready\r\n", "SMTP < 220 ready\r\n", "SMTP > EHLO a\r\n", "SMTP over");
    assertThat(script.services()).isEqualTo(SMTP.alone());
  }

  @Test
  void takesOffWhoGivesUpAndNotesItWhenItWasSure() {
    StreamScript script =
        StreamScript.tcp(9_999, 100)
            .with(
                protocol(
                    SSH,
                    (session, fromOriginator, text) -> {
                      session.confirm(SSH);
                      if (text.startsWith("bad")) {
                        session.violation("no key exchange", text);
                      }
                    }));
    MemorySink logs = script.client("SSH-2.0-a\r\n").client("bad").client("more").finish();

    assertThat(heard).containsExactly("SSH > SSH-2.0-a\r\n", "SSH > bad", "SSH over");
    assertThat(script.services()).isEqualTo(ServiceSet.EMPTY);
    assertThat(logs.rows("analyzer").getFirst())
        .containsEntry("analyzer_kind", "protocol")
        .containsEntry("analyzer_name", "SSH")
        .containsEntry("failure_reason", "no key exchange")
        .containsEntry("failure_data", "bad");
  }

  @Test
  void takesOffWhoThrowsAndCountsIt() {
    StreamScript script =
        StreamScript.tcp(9_999, 100)
            .with(
                protocol(
                    SSH,
                    (session, fromOriginator, text) -> {
                      throw new IllegalStateException("we are wrong");
                    }));
    MemorySink logs = script.client("SSH-2.0-a\r\n").client("more").finish();

    assertThat(heard).containsExactly("SSH > SSH-2.0-a\r\n", "SSH over");
    assertThat(script.failures()).isEqualTo(1);
    assertThat(logs.rows("analyzer")).hasSize(1);
  }

  @Test
  void looksAtTheFirstBytesTogetherHoweverTheyAreCut() {
    StreamScript script = StreamScript.tcp(9_999, 1).with(protocol(SSH, DispatcherTest::nothing));
    script.client("SSH-2").finish();

    assertThat(String.join(",", heard)).isEqualTo("SSH > SSH,SSH > -,SSH > 2,SSH over");
  }

  @Test
  void notesAnOddityOnceForTheSameEnds() {
    StreamScript script =
        StreamScript.tcp(9_999, 100)
            .with(protocol(SSH, (session, fromOriginator, text) -> session.weird("odd", "detail")));
    MemorySink logs = script.client("SSH-2.0-a\r\n").client("b").client("c").finish();

    assertThat(logs.rows("weird")).hasSize(1);
    assertThat(logs.rows("weird").getFirst())
        .containsEntry("name", "odd")
        .containsEntry("addl", "detail")
        .containsEntry("source", "SSH");
  }
}
