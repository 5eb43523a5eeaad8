/** A script of rc.d for the embedded host's packages: the service runs while a file is there. */
export const serviceScript = (name, more = "") => `#!/bin/sh
case $1 in
onestart) : >/var/run/${name}.pid;;
onestop) rm -f /var/run/${name}.pid;;
onestatus) [ -f /var/run/${name}.pid ];;
${more}esac
`;
