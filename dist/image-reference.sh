# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For scripts that write an image into a manifest: to be read by them.

# judge_image PROGRAM IMAGE: 1 if it is no reference, or may be another image tomorrow; warns of a tag.
# What no reference contains must not get into a manifest, where it could end a quoted string.
judge_image()
{
	case $2 in
	*[!A-Za-z0-9._/:@-]* | -* | *:latest) return 1 ;;
	*@sha256:*) ;;
	*/*:*) echo "$1: warning: $2 is a tag, whose content may change: name its digest" >&2 ;;
	*) return 1 ;;
	esac
}
