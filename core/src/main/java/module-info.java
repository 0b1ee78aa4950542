/** What tap and sensor share: packets, the kernel, capture. Only this module calls native code. */
module io.podtap.core {
  requires jdk.net;
  requires jdk.unsupported; // signals
  requires static org.jspecify;

  exports io.podtap.core.agent;
  exports io.podtap.core.capture;
  exports io.podtap.core.config;
  exports io.podtap.core.filter;
  exports io.podtap.core.json;
  exports io.podtap.core.kubernetes;
  exports io.podtap.core.linux;
  exports io.podtap.core.metrics;
  exports io.podtap.core.packet;
  exports io.podtap.core.pcap;
  exports io.podtap.core.report;
  exports io.podtap.core.text;
  exports io.podtap.core.trust;
  exports io.podtap.core.trust.authority;
}
