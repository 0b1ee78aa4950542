/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.podtap.core.pcap.PcapReader;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Captures in which a sensor may lose or misstate evidence, found in {@code SENSOR_CASES_DIR}:
 * records that must be there. Skipped where there is no such folder.
 */
class SensorCasesTest {

  private static Path cases() {
    String folder = System.getenv("SENSOR_CASES_DIR");
    return Path.of(folder == null ? "../../shared/cases/sensor" : folder);
  }

  @ParameterizedTest(name = "{0} {1} {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "d2_grpc_joined_late|conn|1|service=http",
        "d2_grpc_joined_late|http|4|method=POST status_code=200",
        "d3_grpc_request_lost|http|6|version=2",
        "d3_grpc_request_lost|http|1|missed_bytes=46 method=-",
        "d4_h2c_upgrade|http|1|uri=/up status_code=200 info_code=101",
        "d6_continuation_push_connect|websocket|1|uri=/chat subprotocol=chat",
        "d6_continuation_push_connect|http|2|method=CONNECT resp_fuids=-",
        "d7b_table_64k_used|http|90|host=table.example",
        "e11_mqtt_late|conn|1|service=mqtt",
        "e11_mqtt_late|mqtt_publish|1|topic=a/b payload=hello",
        "e5_mongo_late|requests|1|requests=2 complete=F service=mongodb",
        "e7_amqp_late|requests|1|requests=2 complete=F service=amqp",
        "f6_proxy1_tls|conn|1|service=ssl proxy.orig_h=198.51.100.7 proxy.version=1",
        "f6_proxy1_tls_apart|ssl|1|server_name=proxied.example",
        "f6b_proxy2_tls|conn|1|service=ssl proxy.orig_h=198.51.100.7 proxy.version=2",
        "f6c_proxy1_http|http|1|uri=/proxied status_code=200",
        "f6c_proxy1_http|conn|1|service=http proxy.resp_p=443",
        "g2b_v1_to_v2|quic|1|version=quicv2 server_name=quic.example",
        "g2b_v1_to_v2|ssl|1|version=TLSv13",
        "g5_version_negotiation|quic|1|version=1 server_name=quic.example",
        "g5_version_negotiation|ssl|1|version=TLSv13",
        "g7_compatible_v1_to_v2|quic|1|version=quicv2",
        "g7_compatible_v1_to_v2|ssl|1|version=TLSv13 server_name=compat.example",
        "g8_two_connections_one_flow|quic|1|server_name=first.example",
        "g8_two_connections_one_flow|ssl|1|server_name=second.example version=TLSv13",
        "i5_mariadb11_other_port|mysql|3|success=*",
        "i5g_proxysql|mysql|3|success=*",
        "j10_request_lost|redis|1|cmd.key=k3 reply.value=v3 missed_bytes=21",
        "j10_request_lost|redis|1|cmd.key=k5 reply.value=v5",
        "j1_pubsub_resp2|redis|1|cmd.name=GET reply.value=x",
        "j7_subscribe_unsubscribe_then_set|redis|1|cmd.name=SET success=T",
        "j7c_subscribe_refused_then_auth|redis|1|cmd.name=SUBSCRIBE success=F",
        "j7c_subscribe_refused_then_auth|redis|1|cmd.name=GET reply.value=x",
        "j9_replication_diskless|conn|1|service=redis",
        "j9_replication_diskless|redis|1|cmd.name=PSYNC success=T",
        "k1_mongo_msg_compressed|requests|1|client=cart-svc requests=4",
        "k3_mongo_request_lost|requests|1|requests=5 complete=F missed_bytes=53",
        "k3b_mongo_answer_lost|requests|1|requests=6 complete=T",
        "k5b_amqp091_lost|requests|1|complete=F missed_bytes=56",
        "l5_order_of_answers|dns|1|query=first.example qtype_name=A rcode=0",
        "l7_rejected|dns|5|rejected=T",
        "l7_rejected|dns|1|rejected=F query=withsoa.example",
        "l8_types|dns|1|qtype_name=NXT",
        "l8_types|dns|1|qtype_name=XPF",
        "l8_types|dns|1|rcode_name=NXRRSet",
        "l8_types|dns|1|qclass_name=C_HESIOD",
        "r2_postgres_answer_segment_lost|postgresql|5|frontend=simple_query success=T rows=1",
        "r2b_postgres_request_lost|postgresql|4|frontend=simple_query success=T rows=1",
        "r3b_mysql_request_lost|mysql|4|cmd=query success=T"
      })
  void recordsWhatIsThere(String capture, String log, int count, String fields) {
    Path pcap = cases().resolve(capture + ".pcap");
    assumeThat(pcap).as("captures of cases, SENSOR_CASES_DIR").exists();
    MemorySink sink = new MemorySink();
    try (PcapReader reader = PcapReader.open(pcap);
        Analysis analysis =
            new Analysis(
                new Tracker.Settings(1_000, /* checkChecksums= */ false, 1),
                sink,
                /* tapName= */ null)) {
      while (reader.poll(analysis) != PcapReader.END) {
        assertThat(reader.problem()).isEmpty();
      }
    }
    List<Map<String, String>> rows = sink.rows(log);
    assertThat(rows.stream().filter(row -> has(row, fields)).count())
        .as("%s", rows)
        .isEqualTo(count);
    assertThat(sink.rows("analyzer")).isEmpty();
  }

  /** {@code *} is any value, also none. */
  private static boolean has(Map<String, String> row, String fields) {
    for (String field : fields.split(" ", -1)) {
      int equals = field.indexOf('=');
      String wanted = field.substring(equals + 1);
      if (!wanted.equals("*") && !wanted.equals(row.get(field.substring(0, equals)))) {
        return false;
      }
    }
    return true;
  }
}
