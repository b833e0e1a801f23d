/** What `medallion doctor` looks at: the machine, the settings, and the services that they name. */
package io.medallion.cli.doctor;
