# To be sourced, from the repository's root: how each package group was chosen. An environment variable wins over what the probe wrote.

# package_group NAME: prints feed or standin, for example of KafkaNativePackage; of PackageProfile full or airgap.
package_group() {
    local written
    written=$(sed -nE "s:.*<$1( [^>]*)?>(.*)</$1>.*:\2:p" artifacts/profile.props 2>/dev/null | head -n 1)
    if [[ -n "${!1:-}" ]]; then
        echo "${!1}"
    elif [[ "${PackageProfile:-}" == full ]]; then
        echo feed
    elif [[ "${PackageProfile:-}" == airgap ]]; then
        echo standin
    else
        echo "${written:-standin}"
    fi
}
