package io.medallion.e2e.faults;

import com.sun.management.UnixOperatingSystemMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What another Java process of this machine tells of itself, as long as it lives. */
final class Vitals {
  private final MemoryMXBean memory;
  private final ThreadMXBean threads;
  private final UnixOperatingSystemMXBean system;

  private Vitals(MBeanServerConnection server) throws IOException {
    this.memory = ManagementFactory.getPlatformMXBean(server, MemoryMXBean.class);
    this.threads = ManagementFactory.getPlatformMXBean(server, ThreadMXBean.class);
    this.system = ManagementFactory.getPlatformMXBean(server, UnixOperatingSystemMXBean.class);
  }

  /**
   * Of a running process.
   *
   * @throws IOException if it has ended, or is not up yet
   */
  @SuppressWarnings("BanJNDI") // No name is looked up: the address is the process's own.
  static Vitals of(long pid) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        String address = machine.startLocalManagementAgent();
        return new Vitals(
            JMXConnectorFactory.connect(new JMXServiceURL(address)).getMBeanServerConnection());
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException(e);
    }
  }

  /** Bytes of the objects that are in use: it collects the garbage first. */
  long heapAfterCollection() {
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  int threads() {
    return threads.getThreadCount();
  }

  /** Files, sockets and pipes. */
  long openFiles() {
    return system.getOpenFileDescriptorCount();
  }

  /** Of all its threads, since it was started. */
  Duration cpuTime() {
    return Duration.ofNanos(system.getProcessCpuTime());
  }
}
